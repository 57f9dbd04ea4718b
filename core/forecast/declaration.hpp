// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options and ports that the harness adds to every model plugin.

#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "weir/model.hpp"
#include "weir/options.hpp"
#include "weir/ports.hpp"

namespace weir::core {

enum class HarnessScaling : std::uint8_t { automatic, none, minmax, standard };
[[nodiscard]] constexpr auto enum_names(HarnessScaling) {
  return std::array{
      std::pair{"auto", HarnessScaling::automatic}, std::pair{"none", HarnessScaling::none},
      std::pair{"minmax", HarnessScaling::minmax}, std::pair{"standard", HarnessScaling::standard}};
}

/// Describes itself like a model plugin, so that the catalogue can merge it into each of them.
struct HarnessDeclaration {
  static constexpr auto name = "model", summary = "What the engine does for every model.";
  static constexpr auto outputs = std::array{
      port("forecast", "The next `horizon` steps with their interval, from the last row"),
      port("predictions",
           "The test part: actual beside predicted with its interval, per step ahead"),
      port("training", "Loss and validation loss per epoch"),
      port("evaluation",
           "One row per target: errors on the test part, skill against the baselines")};

  struct Options {
    std::vector<std::string> target;
    std::vector<std::string> features = {"*"};
    unsigned sequence_length = 24;
    unsigned horizon = 12;
    unsigned train_percent = 64;
    unsigned validation_percent = 16;
    double interval = 0.9;
    HarnessScaling scaling = HarnessScaling::automatic;
    std::optional<double> lower_bound;
    std::optional<double> upper_bound;
    std::optional<Duration> season;
    unsigned min_rows = 0;
    bool refit = false;
    std::uint64_t seed = 1;
    std::string model_file;

    static constexpr auto fields = std::tuple{
        field(&Options::target, "target",
              "Columns to forecast, by name or pattern (ping.rtt_avg_ms*)")
            .required()
            .min(1),
        field(&Options::features, "features",
              "Columns to learn from, by name or pattern; targets are always among them"),
        field(&Options::sequence_length, "sequence_length", "Rows that the model looks back")
            .range(1, 100000)
            .unit("rows"),
        field(&Options::horizon, "horizon", "Rows that it looks ahead")
            .range(1, 10000)
            .unit("rows"),
        field(&Options::train_percent, "train_percent", "Part of the rows to learn from, the first")
            .range(10, 95)
            .unit("%"),
        field(&Options::validation_percent, "validation_percent",
              "Part after it, for early stopping and intervals; the rest is the test part")
            .range(0, 60)
            .unit("%"),
        field(&Options::interval, "interval", "Share of truths that the interval is to hold")
            .range(0.5, 0.999),
        field(&Options::scaling, "scaling",
              "auto: min-max, learned from the training part, unless a scaler came before"),
        field(&Options::lower_bound, "lower_bound",
              "Least value a forecast may take, in the target's unit"),
        field(&Options::upper_bound, "upper_bound",
              "Greatest value a forecast may take, in the target's unit"),
        field(&Options::season, "season",
              "Length of the seasonal baseline; default: a day or a week if the rows hold two")
            .min(Duration{1}),
        field(&Options::min_rows, "min_rows",
              "Live: fit once so many rows are there; 0: at the end of the input")
            .unit("rows"),
        field(&Options::refit, "refit",
              "After the evaluation, learn again from all rows before forecasting"),
        field(&Options::seed, "seed", "Of all chance in the model"),
        field(&Options::model_file, "model_file",
              "Where the model is kept; read at the start if it is there")};
  } options;

  // Makes the kind of this declaration a model; the harness never calls them.
  void fit(const TrainingSet&, Progress&) {}
  [[nodiscard]] static Forecast predict(const Window&) { return {}; }
  [[nodiscard]] static std::string save() { return {}; }
  void load(std::string_view) {}
};

}  // namespace weir::core
