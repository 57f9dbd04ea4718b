// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>
#include <weir/model.hpp>

#include "warp.hpp"

namespace weir::model_parts {

/// What is known of one series at the moment of forecasting: rows [begin, origin). The first row
/// that is forecast is `origin`. In training as in use, so that no model can see ahead.
class History {
 public:
  History(const Rows& rows, std::size_t begin, std::size_t origin, Duration step)
      : rows_(&rows), begin_(begin), origin_(origin), step_(step) {}
  explicit History(const Window& window)
      : History(window.rows(), 0, window.rows().size(), window.step()) {}

  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t origin() const { return origin_; }
  /// `back` rows before the origin, from 1; NaN where nothing is known.
  [[nodiscard]] double before(std::size_t back, std::size_t feature) const {
    if (back > origin_ - begin_) return std::numeric_limits<double>::quiet_NaN();
    const double value = rows_->at(origin_ - back, feature);
    return warp_ != nullptr && feature == warped_ ? warp_->in(value) : value;
  }
  [[nodiscard]] double last(std::size_t feature) const { return before(1, feature); }
  /// The same, with one feature seen through a warp, which must live as long.
  [[nodiscard]] History seen(const Warp& warp, std::size_t feature) const {
    History changed = *this;
    changed.warp_ = warp.logarithm ? &warp : nullptr;
    changed.warped_ = feature;
    return changed;
  }
  /// The value `season` rows, or the fewest multiple of it, before step `step` (from 0) of the
  /// forecast; `more` seasons further back.
  [[nodiscard]] double seasonal(std::size_t season, std::size_t step, std::size_t feature,
                                std::size_t more = 0) const {
    return before(season * (step / season + 1 + more) - step, feature);
  }
  /// The median of at most `rows` values before the origin: where the series stands for now. Many
  /// rows are thinned. Unlike a median of the training part it follows a level that moves.
  [[nodiscard]] double level(std::size_t rows, std::size_t feature) const {
    constexpr std::size_t most = 150;
    const std::size_t count = std::min(rows, origin_ - begin_);
    const std::size_t stride = std::max<std::size_t>(1, count / most);
    std::vector<double> values;
    values.reserve(count / stride + 1);
    for (std::size_t back = 1; back <= count; back += stride) {
      const double value = before(back, feature);
      if (!std::isnan(value)) values.push_back(value);
    }
    if (values.empty()) return last(feature);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }
  /// Of step `step` (from 0) of the forecast.
  [[nodiscard]] Timestamp time(std::size_t step) const {
    return rows_->time(origin_ - 1) + step_ * static_cast<std::int64_t>(step + 1);
  }
  [[nodiscard]] const Rows& rows() const { return *rows_; }
  [[nodiscard]] Duration step() const { return step_; }

 private:
  const Rows* rows_;
  std::size_t begin_;
  std::size_t origin_;
  Duration step_;
  const Warp* warp_ = nullptr;
  std::size_t warped_ = 0;
};

}  // namespace weir::model_parts
