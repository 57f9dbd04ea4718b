// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chart.hpp"
#include "series.hpp"
#include "statistics.hpp"
#include "table.hpp"

namespace weir::png_plotter {

// One wide measurement, such as the aligner's grid: how its numeric columns go together, and the
// course of each, which a forecast is drawn after. The set of columns is that of the first batch;
// it holds at most 64.
class Features {
 public:
  // max_columns: names in the picture.
  Features(std::string measurement, std::size_t max_points, std::size_t max_columns);

  void add(const Table& table);

  // The heat map; constant columns and those beyond max_columns are left out and counted in the
  // subtitle. With fewer than two columns to compare, no picture.
  [[nodiscard]] std::vector<Picture> pictures(Size size) const;

  // The column that holds `field` of the series with these tag values: by its own name, by the name
  // before it was pivoted, or as the end of its name. nullptr if none or more than one would do.
  [[nodiscard]] const BoundedSeries* history(std::string_view field, std::string_view series) const;

  [[nodiscard]] const std::string& measurement() const { return measurement_; }

 private:
  struct Feature {
    std::string name;
    std::string field;
    BoundedSeries series;
  };

  void add_columns(const Table& table);

  std::string measurement_;
  std::size_t max_points_;
  std::size_t max_columns_;
  std::size_t rows_ = 0;
  std::set<std::string> left_aside_;  // names beyond the 64; at most 1000 are told apart
  std::vector<Feature> features_;
  Correlation correlation_;
};

}  // namespace weir::png_plotter
