// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The nodes of this library: names, and the parts that do the work.

#include <string>
#include <string_view>
#include <weir/model.hpp>
#include <weir/node.hpp>

#include "decomposition.hpp"
#include "ets.hpp"
#include "median.hpp"
#include "per_target.hpp"
#include "ridge.hpp"
#include "simple.hpp"

namespace weir::baseline_models {

/// What all of them do with the engine's calls; `Node` gives the name.
template <class Node, class Part>
class Baseline : public model_parts::PerTarget<Part> {
 public:
  void fit(const TrainingSet& set, Progress& progress) {
    PartSettings settings;
    settings.warn = [this](const std::string& line) { this->log(Level::warning, line); };
    this->fit_parts(set, progress, settings);
  }
  void load(std::string_view bytes) { this->load_parts(bytes, std::string(Node::name)); }
};

struct NaiveModel : Baseline<NaiveModel, Naive> {
  static constexpr auto name = "naive-model", summary = "Forecasts the last value.";
};

struct SeasonalNaiveModel : Baseline<SeasonalNaiveModel, SeasonalNaive> {
  static constexpr auto name = "seasonal-naive-model",
                        summary = "Forecasts the value one season before.";
};

struct DriftModel : Baseline<DriftModel, Drift> {
  static constexpr auto name = "drift-model",
                        summary = "Forecasts the last value and the mean change per row since.";
};

struct MedianModel : Baseline<MedianModel, Median> {
  static constexpr auto name = "median-model",
                        summary = "Forecasts a median: of all, per place in the season, or recent.";
};

struct EtsModel : Baseline<EtsModel, Ets> {
  static constexpr auto name = "ets-model",
                        summary =
                            "Forecasts by exponential smoothing (Holt-Winters), its form chosen.";
};

struct RidgeModel : Baseline<RidgeModel, Ridge> {
  static constexpr auto name = "ridge-model",
                        summary = "Forecasts by a linear equation per step on lags and seasons.";
};

struct DecompositionModel : Baseline<DecompositionModel, Decomposition> {
  static constexpr auto name = "decomposition-model",
                        summary = "Forecasts daily and weekly profiles and the remainder apart.";
};

}  // namespace weir::baseline_models
