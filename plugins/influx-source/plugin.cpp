// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "influx_source.hpp"

WEIR_PLUGIN("1.0.0", weir::influx_source::InfluxSource)
