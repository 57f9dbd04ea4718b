// SPDX-License-Identifier: Apache-2.0
//
// The node `lstm-model`: options, and the way from the engine's training set to the network and
// back. The mathematics is in network/, formulas in network/shape.hpp.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <weir/model.hpp>
#include <weir/node.hpp>

#include "options.hpp"
#include "trained_model.hpp"

namespace weir::lstm_model {

struct LstmModel {
  static constexpr auto name = "lstm-model",
                        summary = "Forecasts by stacked LSTM layers, all steps ahead at once.";

  using Options = lstm_model::Options;
  Options options;

  static constexpr auto presets = std::array{preset(
      "seed", "One layer of 50 ReLU units on squared error, as the tool that Weir grew from had it",
      R"({"sequence_length": 10, "horizon": 20, "train_percent": 64, "validation_percent": 16,
          "layers": [50], "activation": "relu", "strategy": "recursive", "residual": "none",
          "instance_norm": false, "seasonal_inputs": false, "calendar": false,
          "standardise": false, "relative": false, "linear": false, "averaging": 0, "ensemble": 1,
          "loss": "mse", "epochs": 500, "batch_size": 32, "patience": 80, "learning_rate": 0.001,
          "schedule": "constant", "epoch_windows": 0, "weight_decay": 0, "dropout": 0, "refit_epochs": 0})")};

  static constexpr std::string_view details =
      "Trains by Adam with early stopping on the validation part and keeps the weights of the best "
      "epoch; a run that is stopped keeps the best so far. The same data, options and seed give "
      "the "
      "same weights, byte for byte, on any number of threads of one kind of CPU.";

  void open(Context& context);
  void fit(const TrainingSet& set, Progress& progress);
  [[nodiscard]] Forecast predict(const Window& window);
  [[nodiscard]] std::string save() const;
  void load(std::string_view bytes);

 private:
  void serve(TrainedModel model);

  Context* context_ = nullptr;
  std::optional<TrainedModel> model_;
  std::optional<ModelPredictor> predictor_;
  WindowInputs inputs_;  // of the window at hand
};

}  // namespace weir::lstm_model
