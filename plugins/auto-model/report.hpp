// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What is said about a choice, in plain sentences.

#include <string>
#include <string_view>
#include <vector>
#include <weir/units.hpp>

#include "weighting.hpp"

namespace weir::auto_model {

[[nodiscard]] std::string left_out(std::string_view plugin, std::string_view why);
[[nodiscard]] std::string not_trusted(std::string_view target, std::string_view plugin);
[[nodiscard]] std::string out_of_time(std::string_view plugin, Duration limit);
[[nodiscard]] std::string nothing_to_judge(std::string_view target, std::string_view plugin);

/// Each model's error beside that of the naive forecast, best first, then the choice and why.
/// `unit`: of an error of 1, in the target's unit.
[[nodiscard]] std::vector<std::string> report_lines(std::string_view target, double unit,
                                                    std::size_t windows,
                                                    const std::vector<std::string>& plugins,
                                                    const Contest& contest, const Verdict& verdict);

}  // namespace weir::auto_model
