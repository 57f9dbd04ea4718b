// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Gradient boosting by xgboost (Chen and Guestrin 2016), by its C interface; nothing else of this
/// plugin knows it.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "trees.hpp"

namespace weir::boosted_trees_model {

/// Row-major samples; NaN is a missing input.
struct Table {
  std::size_t width = 0;
  std::vector<float> inputs;  // samples x width
  std::vector<float> truths;  // samples
};

struct BoosterSettings {
  unsigned rounds = 500;
  unsigned patience = 30;  ///< rounds without a better validation error; 0: never ends early
  unsigned depth = 6;
  double learning_rate = 0.05;
  double min_samples = 20;  ///< of a leaf
  double row_share = 0.7;   ///< of the samples that a tree sees
  double input_share = 0.5;
  unsigned trees = 2;  ///< of a round; their mean counts
  unsigned threads = 1;
  std::uint64_t seed = 1;
};

struct RoundReport {
  unsigned round = 0;  ///< from 1
  double error = 0;    ///< mean absolute, of the training samples
  double validation_error = 0;
  double best_error = 0;
};

struct Boosted {
  Trees trees;  ///< up to the best round
  unsigned rounds = 0;
  double best_error = 0;
};

/// Absolute error. With an empty validation table the last round is the best. `report`: false ends,
/// and the best so far stays. Throws Error with what xgboost said.
[[nodiscard]] Boosted boost(const Table& train, const Table& validation,
                            const BoosterSettings& settings,
                            const std::function<bool(const RoundReport&)>& report);

}  // namespace weir::boosted_trees_model
