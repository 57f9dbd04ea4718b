// SPDX-License-Identifier: Apache-2.0
#include "tcp_source.hpp"

WEIR_PLUGIN("1.0.0", weir::tcp_source::TcpSource)
