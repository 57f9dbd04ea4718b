// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "chart.hpp"
#include "table.hpp"

namespace weir::png_plotter {

// Measurement scoreboard: how much better than the better of the naive forecasts each model is, per
// step ahead. A panel for each target, three to a picture, at most twelve targets. Where no
// baseline is known, the mean absolute error takes the place of the skill.
class Scores {
 public:
  // False: no row says of whom, at which step, how good. What came later counts.
  bool add(const Table& table);
  [[nodiscard]] std::vector<Picture> pictures(Size size) const;

 private:
  struct Model {
    double skill_percent = kMissing;  // over all steps
    double mae = kMissing;
    std::map<double, double> skills_percent;  // by step
    std::map<double, double> errors;
  };
  using Models = std::map<std::string, Model>;

  [[nodiscard]] static Panel panel(const std::string& target, const Models& models, Size size);

  std::map<std::string, Models> targets_;
};

}  // namespace weir::png_plotter
