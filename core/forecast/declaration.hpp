// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options and ports that the harness adds to every model plugin.

#include <array>
#include <optional>
#include <string>
#include <string_view>
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

/// What one model learns where there are several targets.
enum class SeriesMode : std::uint8_t {
  together,  ///< one model, all targets are its outputs
  each,      ///< a model of its own for each target; it does not see the others
  global     ///< one model that learns from the windows of all, told by an indicator which is which
};
[[nodiscard]] constexpr auto enum_names(SeriesMode) {
  return std::array{std::pair{"together", SeriesMode::together},
                    std::pair{"each", SeriesMode::each}, std::pair{"global", SeriesMode::global}};
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
           "One row per target: errors on the test part, skill against the baselines"),
      port("scores", "Live: each forecast beside its truth, once that has come"),
      port("alerts", "Live: truths outside what was to be expected, and drift")};

  static constexpr std::string_view details =
      "How it is learned and judged: train, validation and test part follow each other in time. "
      "Scales are learned from the training part alone, training stops by the validation part, the "
      "intervals are calibrated there, then the model also learns from it (`learn_validation`), "
      "and "
      "the test part is forecast from many origins with all parameters frozen. The intervals go on "
      "adapting, by truths that are due alone.\n"
      "\n"
      "Live (`min_rows`): the first fit, and one every `retrain`, happens in the background while "
      "the "
      "last good model serves. Each forecast is kept until its truth comes, then scored; a truth "
      "outside what one in `alert_rate` ordinary ones may reach, and errors over `drift_ratio` "
      "times "
      "the usual ones, leave on the port `alerts`.\n"
      "\n"
      "The model file (`model_file`) holds all that is needed to forecast: \"WEIRMODL\", the "
      "format's "
      "version (2), a JSON head with columns, units, scales, step, season, sequence length, "
      "horizon, "
      "bounds, intervals and the errors on the test part, the model's own bytes, and a CRC-32C of "
      "it all. It is replaced whole, never half. A file that is damaged or of another version is "
      "set "
      "aside with a warning, and the model learns anew. One that learned from other columns or "
      "another step is refused with a sentence, and left as it is. Live, a model from its file "
      "serves with the first row, and learns again after `retrain`; one of other columns, another "
      "step or with other options is given up with a warning.";

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
    SeriesMode series = SeriesMode::together;
    unsigned gap_limit = 0;
    bool learn_validation = true;
    unsigned test_origins = 700;
    bool refit = false;
    unsigned min_rows = 0;
    Duration retrain{0};
    Duration retrain_window{0};
    double alert_rate = 0.005;
    double drift_ratio = 2;
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
        field(&Options::series, "series",
              "Several targets: one model for all `together`, a model for `each`, or one `global` "
              "model that learns from the windows of all"),
        field(&Options::gap_limit, "gap_limit",
              "Longest gap that a window may look back on; its rows take the last value before it, "
              "which is counted. What is to be forecast is never filled")
            .range(0, 100000)
            .unit("rows"),
        field(&Options::learn_validation, "learn_validation",
              "Once the validation part has served, learn from it too, before the test part"),
        field(&Options::test_origins, "test_origins",
              "About how many forecasts the test part is judged by, evenly spread; 0: from every "
              "row"),
        field(&Options::refit, "refit",
              "After the evaluation, learn again from all rows before forecasting"),
        field(&Options::min_rows, "min_rows",
              "Live: fit in the background once so many rows are there; 0: at the end of the input")
            .unit("rows"),
        field(
            &Options::retrain, "retrain",
            "Live: learn again so often, in the background; the last good model serves meanwhile; "
            "0s: never"),
        field(&Options::retrain_window, "retrain_window",
              "Live: rows older than this are forgotten; 0s: the last 100 000 rows are kept"),
        field(&Options::alert_rate, "alert_rate",
              "Live: share of ordinary rows that may raise an alert; 0.005 is one in two hundred")
            .range(0.001, 0.2),
        field(
            &Options::drift_ratio, "drift_ratio",
            "Live: drift is told when recent errors exceed those of the calibration by this factor")
            .range(1.1, 100),
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
