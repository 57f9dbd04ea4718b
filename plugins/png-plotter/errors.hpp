// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "chart.hpp"
#include "series.hpp"

namespace weir::png_plotter {

// Whose errors they are.
struct ErrorsOf {
  std::string target;
  std::string model;
  std::string unit;
  double first_step = 1;
  double last_step = 1;
};

// The histogram of predicted - actual with zero, mean, 5th and 95th percentile marked.
[[nodiscard]] Chart error_chart(const ErrorsOf& what, const Sample& errors);

}  // namespace weir::png_plotter
