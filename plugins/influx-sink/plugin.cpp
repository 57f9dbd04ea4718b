// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "influx_sink.hpp"

WEIR_PLUGIN("1.0.0", weir::influx_sink::InfluxSink)
