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

/// Mean absolute error of a mixture over samples [begin, end): the mean of the middle half of the
/// weights (model_parts::trimmed_mean), as the model forecasts.
[[nodiscard]] double error_of(const Contest& contest, std::span<const double> weights,
                              std::size_t begin, std::size_t end);

struct Verdict {
  std::vector<double> weights;  // [models], not negative, sum 1
  double error = 0;             // mean absolute, of all samples
  enum class Reason {
    best_alone,  // one model; a mixture was not asked for, or all others count for little
    mixture,     // the samples do not tell for sure which is best
    naive,       // nothing beats the naive forecasts
    part_naive   // what was chosen beats them, but that may be luck
  } reason = Reason::best_alone;
};

/// The best model, or a mixture. `trusted[model]`: false keeps a model out.
///
/// In a mixture each model counts by its mean absolute error (model_parts::shares_by_error, to the
/// third power: the mean of a middle half bears what a plain mean does not).
///
/// What is chosen must beat the better of the two naive forecasts, models 0 and `second_naive`, by
/// more than luck: with t the mean gain over its standard error, from blocks of `block` samples
/// that do not overlap, max(0, 1 - t / 2) of the weight goes to that naive forecast, of a
/// mixture a twentieth at least. The gain of a block is (naive error − error) / (naive error +
/// error + naive error of all blocks). Whoever then has three quarters forecasts alone.
[[nodiscard]] Verdict judge(const Contest& contest, const std::vector<bool>& trusted,
                            std::size_t second_naive, std::size_t block, bool mixtures);

}  // namespace weir::auto_model
