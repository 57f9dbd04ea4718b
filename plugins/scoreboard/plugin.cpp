// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "scoreboard.hpp"

WEIR_PLUGIN("1.0.0", weir::scoreboard::Scoreboard)
