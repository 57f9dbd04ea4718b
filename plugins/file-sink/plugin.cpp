// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "file_sink.hpp"

WEIR_PLUGIN("1.0.0", weir::file_sink::FileSink)
