// SPDX-License-Identifier: Apache-2.0
//
// The node `lstm-model`: options, and the way from the engine's training set to the network and
// back. The mathematics is in network/, formulas in network/shape.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/model.hpp>
#include <weir/node.hpp>
#include <weir/options.hpp>

#include "inputs.hpp"
#include "model_bytes.hpp"
#include "network/loss.hpp"
#include "network/predictor.hpp"

namespace weir::lstm_model {

[[nodiscard]] constexpr auto enum_names(Activation) {
  return std::array{std::pair{"relu", Activation::relu}, std::pair{"tanh", Activation::tanh}};
}
[[nodiscard]] constexpr auto enum_names(Loss) {
  return std::array{std::pair{"mse", Loss::mse}, std::pair{"mae", Loss::mae},
                    std::pair{"huber", Loss::huber}};
}
[[nodiscard]] constexpr auto enum_names(Residual) {
  return std::array{std::pair{"none", Residual::none}, std::pair{"last", Residual::last}};
}

struct LstmModel {
  static constexpr auto name = "lstm-model",
                        summary = "Forecasts by stacked LSTM layers, all steps ahead at once.";

  struct Options {
    std::vector<unsigned> layers = {64};
    Activation activation = Activation::tanh;
    Residual residual = Residual::last;
    bool calendar = true;
    Loss loss = Loss::mae;
    unsigned epochs = 200;
    unsigned batch_size = 32;
    unsigned patience = 20;
    double learning_rate = 1e-3;
    double weight_decay = 0;
    double clip_norm = 1;
    unsigned threads = 2;

    static constexpr auto fields = std::tuple{
        field(&Options::layers, "layers",
              "Units of each LSTM layer, from the inputs up; each 1 to 4096")
            .range(1, 16),
        field(&Options::activation, "activation", "What bounds the cells' candidate and output"),
        field(&Options::residual, "residual", "last: learn the difference to the last value"),
        field(&Options::calendar, "calendar",
              "Add time of day and week as inputs, where the training rows span two of them"),
        field(&Options::loss, "loss", "What training makes small, in scaled values"),
        field(&Options::epochs, "epochs", "Passes over the training part, at most")
            .range(1, 100'000),
        field(&Options::batch_size, "batch_size", "Windows per step of Adam")
            .range(1, 4096)
            .unit("windows"),
        field(&Options::patience, "patience",
              "Epochs without a better validation loss before training ends; 0: never")
            .range(0, 100'000)
            .unit("epochs"),
        field(&Options::learning_rate, "learning_rate", "Adam's step size").range(1e-7, 1),
        field(&Options::weight_decay, "weight_decay", "Decoupled (AdamW)").range(0, 1),
        field(&Options::clip_norm, "clip_norm", "Largest norm of a gradient; 0: any").range(0, 1e6),
        field(&Options::threads, "threads", "For training; the result does not depend on it")
            .range(1, 2)};
  } options;

  static constexpr auto presets = std::array{preset(
      "seed", "One layer of 50 ReLU units on squared error, as the tool that Weir grew from had it",
      R"({"sequence_length": 10, "horizon": 20, "train_percent": 64, "validation_percent": 16,
          "layers": [50], "activation": "relu", "residual": "none", "calendar": false,
          "loss": "mse", "epochs": 500, "batch_size": 32, "patience": 80, "learning_rate": 0.001,
          "weight_decay": 0})")};

  static constexpr std::string_view details =
      "Trains by Adam with early stopping on the validation part and keeps the weights of the best "
      "epoch; a run that is stopped keeps the best so far. The same data, options and seed give "
      "the "
      "same weights, byte for byte, on any number of threads of one kind of CPU.";

  void fit(const TrainingSet& set, Progress& progress);
  [[nodiscard]] Forecast predict(const Window& window);
  [[nodiscard]] std::string save() const;
  void load(std::string_view bytes);

 private:
  void serve(TrainedModel model);

  std::optional<TrainedModel> model_;
  std::optional<Predictor> predictor_;
  std::vector<float> inputs_;  // of the window at hand
};

}  // namespace weir::lstm_model
