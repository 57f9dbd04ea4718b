// SPDX-License-Identifier: Apache-2.0
#include "http_source.hpp"

WEIR_PLUGIN("1.0.0", weir::http_source::HttpSource)
