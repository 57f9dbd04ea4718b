// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What was reached, beside what others reached and what is asked for.

#include <map>
#include <string>

#include "forecasting/judge.hpp"

namespace weir::bench {

/// Verdicts by model, then by series.
using Results = std::map<std::string, std::map<std::string, Verdict>>;

/// A table of MAE over the best of others on the series that they were measured on, and whether the
/// goals are met. Nothing where no such series was judged.
void print_goals(const Results& results);

}  // namespace weir::bench
