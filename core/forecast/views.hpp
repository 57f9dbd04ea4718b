// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What each model sees of a table: its features, and the rows scaled for it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/forecast/declaration.hpp"
#include "core/forecast/series_table.hpp"

namespace weir::core {

/// One feature of a model: a column of the table or a constant that tells series apart.
struct Slot {
  static constexpr std::size_t none = ~std::size_t{0};
  std::size_t column = none;
  double indicator = 0;  ///< the value where there is no column
  std::string name;
};

/// A table seen by one model. All views of a model have slots of the same meaning.
struct View {
  std::size_t model = 0;
  std::vector<Slot> slots;
  std::vector<std::uint32_t> targets;       ///< slots that are forecast
  std::vector<std::size_t> target_numbers;  ///< which of the table's targets each of them is
};

/// `targets`: indices of features.
[[nodiscard]] std::vector<View> make_views(std::span<const Feature> features,
                                           std::span<const std::uint32_t> targets, SeriesMode mode);
[[nodiscard]] std::size_t model_count(std::span<const View> views);

/// value as it arrived = scaled * scale + offset, per column of the table.
struct Scales {
  std::vector<double> scale;
  std::vector<double> offset;
};

/// Learned from rows [0, train_end) alone. `automatic`: min-max, but not where a scaler came
/// before.
[[nodiscard]] Scales learn_scales(const SeriesTable& table, std::size_t train_end,
                                  HarnessScaling scaling);

/// The rows of a view, scaled, row-major; what is missing is NaN, or the last value before a gap of
/// at most `gap_limit` rows. Grows with the table.
class ViewRows {
 public:
  ViewRows(View view, std::size_t gap_limit) : view_(std::move(view)), gap_limit_(gap_limit) {}

  /// Takes the table's rows from size() on. `learned`: the features that the scales belong to.
  void extend(const SeriesTable& table, std::span<const Feature> learned, const Scales& scales);
  /// Forgets the first rows, as the table did.
  void drop_front(std::size_t rows);
  /// Forgets all rows; extend takes those of any table of the same columns.
  void clear();

  [[nodiscard]] const View& view() const { return view_; }
  [[nodiscard]] std::size_t width() const { return view_.slots.size(); }
  [[nodiscard]] std::size_t size() const { return values_.size() / width(); }
  [[nodiscard]] std::span<const double> values() const { return values_; }
  /// No feature of the row is missing, after filling.
  [[nodiscard]] bool complete(std::size_t row) const;
  /// Values that were filled so far.
  [[nodiscard]] std::uint64_t filled() const { return filled_; }

 private:
  View view_;
  std::size_t gap_limit_;
  std::vector<double> values_;
  std::vector<std::size_t> missing_run_;  // per slot, rows since the last value
  std::uint64_t filled_ = 0;
};

}  // namespace weir::core
