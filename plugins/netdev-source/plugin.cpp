// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "netdev_source.hpp"

WEIR_PLUGIN("1.0.0", weir::netdev_source::NetdevSource)
