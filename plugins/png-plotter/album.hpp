// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "chart.hpp"
#include "comparison.hpp"
#include "features.hpp"
#include "forecasts.hpp"
#include "scores.hpp"
#include "table.hpp"
#include "training.hpp"

namespace weir::png_plotter {

struct AlbumLimits {
  std::size_t max_points = 20'000;  // of one curve
  std::size_t max_columns = 24;     // of the correlation matrix
};

// Sorts what comes by its measurement and knows all pictures that can be made of it. Memory is
// bounded by the limits however long a run lasts.
class Album {
 public:
  explicit Album(AlbumLimits limits);

  // predictions, forecast, training_history, scoreboard, icmp and netdev have pictures of their
  // own; of any other measurement with two numeric columns or more, the correlation is shown.
  // False: of no use.
  bool add(const Table& table);

  [[nodiscard]] std::vector<Picture> pictures(Size size) const;

 private:
  bool add_wide(const Table& table);

  AlbumLimits limits_;
  Forecasts forecasts_;
  Training training_;
  Scores scores_;
  Comparison targets_;
  Comparison interfaces_;
  std::vector<Features> features_;  // one for each wide measurement
};

}  // namespace weir::png_plotter
