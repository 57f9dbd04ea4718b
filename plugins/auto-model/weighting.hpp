// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Which of several forecasts to use, by what they did on the validation part. Pure.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace weir::auto_model {

/// Forecasts of one target on the same moments, in time order.
struct Contest {
  std::vector<double> truths;                  // [samples]
  std::vector<std::vector<double>> forecasts;  // [models][samples]; the first is the naive one
};

/// Mean absolute error of a weighted sum over samples [begin, end).
[[nodiscard]] double error_of(const Contest& contest, std::span<const double> weights,
                              std::size_t begin, std::size_t end);

struct Verdict {
  std::vector<double> weights;  // [models], not negative, sum 1
  double error = 0;             // mean absolute, of all samples
  enum class Reason {
    best_alone,  // one model; a mixture was not asked for or not better
    mixture,     // as good as the best alone, also where it was not learned, or better
    naive,       // nothing beats the naive forecasts
    part_naive   // what was chosen beats them, but that may be luck
  } reason = Reason::best_alone;
};

/// The best model, or a mixture where that is better. `trusted[model]`: false keeps a model out.
///
/// A mixture begins with all models whose error is within 2 % of the best, since the samples do not
/// tell which is better, and goes on by picking, one after the other and with repetition, the model
/// that lowers the error of the mean most (Caruana et al. 2004: ensemble selection). Few picks, and
/// equal parts, so that little is learned from the validation part. It is used only if mixtures
/// made on one half of the samples are as good on the other half as the best model of the first,
/// both ways together.
///
/// What is chosen must beat the better of the two naive forecasts, models 0 and `second_naive`, by
/// more than luck: with t the mean gain over its standard error, from means of `block` samples that
/// do not overlap, max(0, 1 - t / 2) of the weight goes to that naive forecast.
[[nodiscard]] Verdict judge(const Contest& contest, const std::vector<bool>& trusted,
                            std::size_t second_naive, std::size_t block, bool mixtures);

}  // namespace weir::auto_model
