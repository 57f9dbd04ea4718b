// SPDX-License-Identifier: Apache-2.0
//
// Rows that the tests of ways, members and examples share: two features an hour apart.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <weir/model_testing.hpp>

namespace weir::lstm_model::test {

inline double count_up(std::size_t row, std::size_t feature) {
  return static_cast<double>(row) + 1000 * static_cast<double>(feature);
}

inline double daily(std::size_t row, std::size_t feature) {
  const auto t = static_cast<double>(row);
  return 0.5 + 0.3 * std::sin(2 * M_PI * t / 24 + static_cast<double>(feature)) +
         0.1 * std::sin(1.7 * t);
}

inline testing::ModelRows::Shape hourly(std::size_t rows) {
  return {.rows = rows,
          .features = 2,
          .targets = {1, 0},
          .sequence_length = 6,
          .horizon = 3,
          .step = std::chrono::hours(1),
          .season = 24};
}

}  // namespace weir::lstm_model::test
