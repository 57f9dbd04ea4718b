// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rows gathered for a model: a regular grid of features over time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "weir/batch.hpp"

namespace weir::core {

/// One feature and where it came from.
struct Feature {
  std::string column;       ///< "uplink.bandwidth_mbps"
  std::string measurement;  ///< before the aligner
  std::string field;        ///< before the aligner, else the column's name
  std::map<std::string, std::string> tags;
  std::string unit;
  double scale = 1;  ///< physical = value * scale + offset, what a scaler before the model did
  double offset = 0;
  bool scaled = false;            ///< a scaler came before
  std::int64_t fitted_until = 0;  ///< ns; the last row that the scaler learned from; 0: unknown
};

/// Values as they arrive (scaled if a scaler came before), missing = NaN. Rows missing from the
/// grid are put in as missing, so that row distance is time distance.
class SeriesTable {
 public:
  /// Columns that match none of `features` are left out; `targets` are always kept. Patterns: `*`
  /// stands for any text.
  SeriesTable(std::vector<std::string> features, std::vector<std::string> targets);

  /// Adds rows. The first batch fixes the columns; later a missing column is a missing value. Rows
  /// that are not newer than the last are left out and counted. Throws Error: no column matches a
  /// target, or a target is no number, or the rows hold several series (an aligner must come
  /// first).
  void add(const Batch& batch);

  /// Leaves features out that have not one value, as no window could be complete with them; returns
  /// their names. Targets stay, and so do columns that `keep` asks for.
  [[nodiscard]] std::vector<std::string> drop_empty_features(
      const std::function<bool(const std::string& column)>& keep);

  /// Forgets the first rows.
  void drop_front(std::size_t rows);

  [[nodiscard]] std::size_t rows() const { return times_.size(); }
  /// Rows that arrived, without those put in for gaps.
  [[nodiscard]] std::size_t data_rows() const { return data_rows_.size(); }
  /// Index in rows() of the `index`th row that arrived.
  [[nodiscard]] std::size_t data_row(std::size_t index) const { return data_rows_[index]; }
  [[nodiscard]] const std::vector<Feature>& features() const { return features_; }
  /// Indices of the targets among the features.
  [[nodiscard]] const std::vector<std::uint32_t>& targets() const { return targets_; }
  [[nodiscard]] std::span<const std::int64_t> times() const { return times_; }
  [[nodiscard]] double at(std::size_t row, std::size_t feature) const {
    return values_[row * features_.size() + feature];
  }
  /// Nanoseconds between rows; 0 until two rows are there.
  [[nodiscard]] std::int64_t step() const { return step_; }
  [[nodiscard]] std::uint64_t unsorted_rows() const { return unsorted_rows_; }
  [[nodiscard]] std::uint64_t new_columns() const { return new_columns_; }
  /// True where no feature of the row is missing.
  [[nodiscard]] bool complete(std::size_t row) const;

 private:
  void fix_columns(const Batch& batch);
  void check_one_series(const Batch& batch);
  void add_row(std::int64_t time, const std::vector<const Column*>& columns, std::size_t row);
  void fill_gap(std::int64_t time);

  std::vector<std::string> feature_patterns_;
  std::vector<std::string> target_patterns_;
  std::vector<Feature> features_;
  std::vector<std::uint32_t> targets_;
  std::map<std::string, std::string> series_;
  std::vector<double> values_;
  std::vector<std::int64_t> times_;
  std::vector<std::size_t> data_rows_;
  std::int64_t step_ = 0;
  std::uint64_t unsorted_rows_ = 0;
  std::uint64_t new_columns_ = 0;
};

}  // namespace weir::core
