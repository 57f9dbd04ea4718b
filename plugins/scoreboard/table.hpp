// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A scoreboard for people: aligned lines of text. Pure.

#include <span>
#include <string>
#include <vector>

#include "standings.hpp"

namespace weir::scoreboard {

/// Per target a title, a header and one line for each model, over all steps ahead; then what the
/// words mean.
[[nodiscard]] std::vector<std::string> table_lines(std::span<const Standing> standings);

}  // namespace weir::scoreboard
