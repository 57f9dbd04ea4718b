// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Who forecast best: the rows of a scoreboard. Pure. NaN: not known.

#include <cstddef>
#include <string>
#include <vector>

#include "diebold_mariano.hpp"
#include "errors.hpp"
#include "forecasts.hpp"

namespace weir::scoreboard {

/// One model on one target, at one step ahead or at all. Models are judged on the moments that all
/// of them forecast.
struct Standing {
  std::string column;
  std::string unit;
  std::string model;
  std::size_t step = 0;   ///< 0: all
  std::size_t place = 0;  ///< from 1, by MAE
  Errors errors;
  double mase = 0;
  double naive_mae = 0;
  double seasonal_naive_mae = 0;
  double skill_naive = 0;  ///< 1 - mae / naive_mae
  double skill_seasonal_naive = 0;
  std::string baseline;             ///< the better of the two; empty: none is known
  DieboldMariano against_baseline;  ///< of absolute errors
  std::string best;                 ///< the model of place 1
  DieboldMariano against_best;
};

/// By column, step (all first), place. A column of which the models share no moment has none.
[[nodiscard]] std::vector<Standing> standings(const Forecasts& forecasts, double interval);

}  // namespace weir::scoreboard
