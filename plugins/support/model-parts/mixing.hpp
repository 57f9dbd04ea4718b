// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace weir::model_parts {

/// How much each of several forecasts counts in a mixture, by its mean absolute error on the
/// validation part (at least one): 1 for the best, error^−power of that for others, 0 for those
/// below a tenth.
///
/// That is what a model's probability is after `power` independent samples of Laplace's
/// distribution whose width is not known (likelihood ~ error^−n). The samples are many more, but
/// neighbours share their truths, and models were stopped and tuned on them, so that the best one
/// looks better than it will be.
[[nodiscard]] std::vector<double> shares_by_error(std::span<const double> errors, double power);

struct WeightedValue {
  double value, weight;
};

/// What to leave out at each end so that the middle half stays.
inline constexpr double outer_quarter = 0.25;

/// Weighted mean without the least and the greatest values that have `trim` (0 to less than 0.5) of
/// the weight each; a value on the edge counts with what is left of its weight. One forecast that
/// errs alone moves it little. Sorts `values` (at least one; weights positive, of any sum; NaN
/// counts as the greatest).
[[nodiscard]] double trimmed_mean(std::span<WeightedValue> values, double trim);

}  // namespace weir::model_parts
