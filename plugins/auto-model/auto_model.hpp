// SPDX-License-Identifier: Apache-2.0
//
// The node `auto-model`: fits other models, judges them on the validation part, and forecasts by
// the best or by a mixture. Who wins is decided in weighting.hpp.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/model.hpp>
#include <weir/node.hpp>
#include <weir/options.hpp>

#include "candidate.hpp"
#include "model_shape.hpp"
#include "weighting.hpp"

namespace weir::auto_model {

enum class Choose : std::uint8_t { best, weights };
[[nodiscard]] constexpr auto enum_names(Choose) {
  return std::array{std::pair{"best", Choose::best}, std::pair{"weights", Choose::weights}};
}

class AutoModel {
 public:
  static constexpr auto name = "auto-model",
                        summary = "Fits several models and forecasts by a mixture of the best.";

  struct Options {
    std::vector<std::string> models = {
        "seasonal-naive-model", "drift-model",         "median-model",        "ets-model",
        "ridge-model",          "decomposition-model", "boosted-trees-model", "lstm-model"};
    std::map<std::string, std::string> settings;
    Choose choose = Choose::weights;
    Duration time_limit = std::chrono::seconds(60);

    static constexpr auto fields = std::tuple{
        field(&Options::models, "models", "Plugins that take part; naive-model always does")
            .range(1, 64),
        field(&Options::settings, "settings",
              "Options of a model, by its plugin: the text of a JSON object"),
        field(&Options::choose, "choose", "best: one model; weights: a mixture, each by its error"),
        field(&Options::time_limit, "time_limit",
              "Time for one model's training; then its best so far counts")
            .min(std::chrono::milliseconds(1))};
  } options;

  static constexpr std::string_view details =
      "Every model learns from the training part and is judged on the validation part by the mean "
      "absolute error of all steps, per target. The choice, with each model's error beside that of "
      "the naive forecast, is logged. A model that fails is left out, and that is logged too. A "
      "warm start keeps the weights and lets each chosen model learn on.";

  void open(Context& context) { context_ = &context; }
  void fit(const TrainingSet& set, Progress& progress);
  [[nodiscard]] Forecast predict(const Window& window);
  [[nodiscard]] std::string save() const;
  void load(std::string_view bytes);

 private:
  void choose_models(const TrainingSet& set, Relay& relay);
  void learn_on(const TrainingSet& set, Relay& relay);
  [[nodiscard]] std::vector<Candidate> fit_all(const TrainingSet& set, Relay& relay) const;
  /// A model that is worse than the naive one on what it has learned from got lucky if it is better
  /// on the few windows of the validation part: a constant, say, before the level moves. The first
  /// `learned` samples are of the training part.
  [[nodiscard]] std::vector<bool> trust(const Contest& contest, std::size_t learned,
                                        const std::vector<std::string>& plugins,
                                        std::string_view target) const;
  [[nodiscard]] const Context& context() const;
  [[nodiscard]] std::string settings_of(const std::string& plugin) const;

  Context* context_ = nullptr;
  model_parts::ModelShape shape_;
  std::vector<Candidate> candidates_;  // those that count
  bool complained_ = false;            // of a model that could not forecast
};

}  // namespace weir::auto_model
