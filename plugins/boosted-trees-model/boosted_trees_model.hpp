// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <weir/model.hpp>
#include <weir/node.hpp>
#include <weir/options.hpp>

#include "boosted_trees.hpp"

namespace weir::boosted_trees_model {

/// The node `boosted-trees-model`.
class BoostedTreesModel : public model_parts::PerTarget<BoostedTrees> {
 public:
  static constexpr auto name = "boosted-trees-model",
                        summary = "Forecasts by gradient boosting on lags, seasons and calendar.";

  struct Options {
    unsigned rounds = 500;
    unsigned patience = 30;
    unsigned depth = 6;
    double learning_rate = 0.05;
    double min_samples = 20;
    double row_share = 0.7;
    double input_share = 0.5;
    unsigned trees_per_round = 2;
    unsigned threads = 1;  // several wait for each other in a spin: on a busy machine minutes

    static constexpr auto fields = std::tuple{
        field(&Options::rounds, "rounds", "Rounds of growing, at most").range(1, 10'000),
        field(&Options::patience, "patience",
              "Rounds without a better validation error before training ends; 0: never")
            .range(0, 10'000)
            .unit("rounds"),
        field(&Options::depth, "depth", "Decisions in a row of one tree").range(1, 12),
        field(&Options::learning_rate, "learning_rate", "Part of a round's answer that counts")
            .range(1e-3, 1),
        field(&Options::min_samples, "min_samples", "Samples that a leaf stands for, at least")
            .range(1, 100'000),
        field(&Options::row_share, "row_share", "Part of the samples that a tree sees")
            .range(0.1, 1),
        field(&Options::input_share, "input_share", "Part of the inputs that a tree may look at")
            .range(0.1, 1),
        field(&Options::trees_per_round, "trees_per_round",
              "Trees of a round, each of other samples and inputs; their mean counts, which "
              "leaves less to chance")
            .range(1, 20),
        field(&Options::threads, "threads", "For training; of the machine's at most").range(1, 64)};
  } options;

  static constexpr std::string_view details =
      "Trees are grown by xgboost for the absolute error, with early stopping on the validation "
      "part; a run that is stopped keeps the best round so far, and a warm start takes as many "
      "rounds as were best. The same data, options and seed give the same trees.";

  void fit(const TrainingSet& set, Progress& progress) {
    BoosterSettings settings;
    settings.rounds = options.rounds;
    settings.patience = options.patience;
    settings.depth = options.depth;
    settings.learning_rate = options.learning_rate;
    settings.min_samples = options.min_samples;
    settings.row_share = options.row_share;
    settings.input_share = options.input_share;
    settings.trees = options.trees_per_round;
    settings.threads = std::min(options.threads, std::max(1U, std::thread::hardware_concurrency()));
    fit_parts(set, progress, settings);
  }
  void load(std::string_view bytes) { load_parts(bytes, name); }
};

}  // namespace weir::boosted_trees_model
