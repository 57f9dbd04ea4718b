// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Intervals that hold a set share of truths, whatever the model: conformal, and adaptive to what
/// has come since. Pure.

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace weir::core {

/// How far the truth may lie from a forecast. NaN: not known yet.
struct IntervalOffsets {
  double lower = 0;  ///< truth - forecast, at least
  double upper = 0;  ///< at most
};

/// The interval of one target and one step ahead.
///
/// It is the shortest one that holds a share `level` of the recent residuals (truth - forecast) and
/// the forecast itself (split conformal: Lei et al. 2018, doi:10.1080/01621459.2017.1307116). The
/// share that is aimed at moves by a little with every truth that fell outside or inside (adaptive
/// conformal inference: Gibbs and Candes 2021, arXiv:2106.00170), so that the share held is right
/// in the long run though the series changes. On the test part and live only truths that are due
/// are settled, which is the caller's to see to; the validation part is settled at once.
class IntervalTracker {
 public:
  static constexpr std::size_t memory = 1000;  ///< residuals kept

  explicit IntervalTracker(double level);

  /// For a forecast made now.
  [[nodiscard]] IntervalOffsets offsets() const;

  /// The truth of a forecast has come. `held`: whether its interval held the truth; none: it had no
  /// interval.
  void settle(double residual, std::optional<bool> held);

  /// Share of residuals at least as large as this one, itself among them (a conformal p-value: a
  /// rate of p or less happens to ordinary truths with a chance of at most that).
  [[nodiscard]] double p_value(double residual) const;
  [[nodiscard]] std::size_t count() const { return recent_.size(); }
  /// Mean absolute residual of all settled so far; NaN without any.
  [[nodiscard]] double mean_absolute() const;

  /// What is needed to go on: the aim, the sum and number of residuals, then the recent ones.
  [[nodiscard]] std::vector<double> state() const;
  /// Throws Error where the numbers make no sense.
  static IntervalTracker restore(double level, const std::vector<double>& state);

 private:
  double level_;
  double aim_;  // of the share outside
  double absolute_sum_ = 0;
  double settled_ = 0;
  std::deque<double> recent_;   // in the order they came
  std::vector<double> sorted_;  // the same by size
};

}  // namespace weir::core
