// SPDX-License-Identifier: Apache-2.0
#include "icmp_source.hpp"

WEIR_PLUGIN("1.0.0", weir::icmp_source::IcmpSource)
