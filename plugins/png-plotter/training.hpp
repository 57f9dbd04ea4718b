// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "chart.hpp"
#include "series.hpp"
#include "table.hpp"

namespace weir::png_plotter {

// Measurement training_history: training and validation loss over the epochs of the latest fit, one
// picture for each model (each set of tags), at most twelve.
class Training {
 public:
  explicit Training(std::size_t max_points);

  // A fit begins anew where the epoch does not grow.
  void add(const Table& table);
  [[nodiscard]] std::vector<Picture> pictures(Size size) const;

 private:
  struct Fit {
    std::string label;
    BoundedSeries loss;
    BoundedSeries validation_loss;
    double first_epoch = kMissing;
    double last_epoch = kMissing;
    Point best{kMissing, kMissing};  // epoch and the loss that early stopping looks at
    bool has_validation = false;
  };

  Fit* fit(const std::string& label);
  [[nodiscard]] static Chart chart(const Fit& fit, Size size);

  std::size_t max_points_;
  std::vector<Fit> fits_;
};

}  // namespace weir::png_plotter
