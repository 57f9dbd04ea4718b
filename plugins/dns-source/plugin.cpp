// SPDX-License-Identifier: Apache-2.0
#include "dns_source.hpp"

WEIR_PLUGIN("1.0.0", weir::dns_source::DnsSource)
