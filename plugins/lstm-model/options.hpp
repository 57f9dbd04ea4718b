// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>
#include <weir/options.hpp>

#include "combination.hpp"
#include "member.hpp"
#include "network/fit.hpp"
#include "network/loss.hpp"

namespace weir::lstm_model {

/// `automatic`: both are tried, and mixed by how they validate.
enum class ResidualChoice : std::uint8_t { automatic, none, last, seasonal };

enum class Strategy : std::uint8_t { direct, recursive };

[[nodiscard]] constexpr auto enum_names(Activation) {
  return std::array{std::pair{"relu", Activation::relu}, std::pair{"tanh", Activation::tanh}};
}
[[nodiscard]] constexpr auto enum_names(Loss) {
  return std::array{std::pair{"mse", Loss::mse}, std::pair{"mae", Loss::mae},
                    std::pair{"huber", Loss::huber}, std::pair{"pinball", Loss::pinball}};
}
[[nodiscard]] constexpr auto enum_names(ResidualChoice) {
  return std::array{
      std::pair{"auto", ResidualChoice::automatic}, std::pair{"none", ResidualChoice::none},
      std::pair{"last", ResidualChoice::last}, std::pair{"seasonal", ResidualChoice::seasonal}};
}
[[nodiscard]] constexpr auto enum_names(Strategy) {
  return std::array{std::pair{"direct", Strategy::direct},
                    std::pair{"recursive", Strategy::recursive}};
}
[[nodiscard]] constexpr auto enum_names(Schedule) {
  return std::array{std::pair{"constant", Schedule::constant},
                    std::pair{"cosine", Schedule::cosine}};
}

struct Options {
  std::vector<unsigned> layers = {64};
  Activation activation = Activation::tanh;
  Strategy strategy = Strategy::direct;
  ResidualChoice residual = ResidualChoice::last;
  bool instance_norm = false;
  std::optional<bool> seasonal_inputs;
  bool standardise = true;
  std::optional<bool> relative;
  bool linear = true;
  bool calendar = true;
  unsigned ensemble = 2;
  Combination combine = Combination::trimmed;
  Loss loss = Loss::mae;
  double quantile = 0.5;
  unsigned epochs = 200;
  unsigned batch_size = 32;
  unsigned patience = 10;
  double learning_rate = 3e-3;
  Schedule schedule = Schedule::constant;
  unsigned warm_up = 0;
  double weight_decay = 0;
  double clip_norm = 1;
  double dropout = 0;
  double averaging = 0.99;
  unsigned epoch_windows = 2'048;
  unsigned refit_epochs = 20;
  unsigned threads = 2;
  std::string onnx_file;

  static constexpr auto fields = std::tuple{
      field(&Options::layers, "layers",
            "Units of each LSTM layer, from the inputs up; each 1 to 4096")
          .range(1, 16),
      field(&Options::activation, "activation", "What bounds the cells' candidate and output"),
      field(&Options::strategy, "strategy",
            "direct: all steps ahead at once; recursive: one step, fed back"),
      field(&Options::residual, "residual",
            "Learn the difference to the last value, or to the value one season before; auto: "
            "both, mixed by how they validate"),
      field(&Options::instance_norm, "instance_norm",
            "Centre and scale each window by its own mean and spread, instead of standardise"),
      field(&Options::seasonal_inputs, "seasonal_inputs",
            "Show the network the values one season, day and week before what it forecasts; "
            "default: with and without, mixed by how they validate"),
      field(&Options::standardise, "standardise",
            "Centre and scale each feature by its mean and spread over the training rows, for the "
            "network alone"),
      field(&Options::relative, "relative",
            "Show the network the targets as distances from the last value alone, so that a new "
            "level is nothing new; needs standardise; default: with and without, mixed by how "
            "they validate"),
      field(&Options::linear, "linear",
            "The window goes straight to the outputs, too; with residual last that is an "
            "autoregressive linear model"),
      field(&Options::calendar, "calendar",
            "Add time of day and week as inputs, where the training rows span two of them"),
      field(&Options::ensemble, "ensemble",
            "Networks of each way, from different seeds, forecasting together")
          .range(1, 100),
      field(&Options::combine, "combine",
            "How the networks' forecasts become one: their weighted mean, that of the middle half "
            "of the weights, or the median"),
      field(&Options::loss, "loss", "What training makes small, in scaled values"),
      field(&Options::quantile, "quantile", "What loss pinball forecasts").range(0.001, 0.999),
      field(&Options::epochs, "epochs", "Passes over the training part, at most").range(1, 100'000),
      field(&Options::batch_size, "batch_size", "Windows per step of Adam")
          .range(1, 4096)
          .unit("windows"),
      field(&Options::patience, "patience",
            "Epochs without a better validation loss before training ends; 0: never")
          .range(0, 100'000)
          .unit("epochs"),
      field(&Options::learning_rate, "learning_rate", "Adam's step size").range(1e-7, 1),
      field(&Options::schedule, "schedule",
            "cosine: the learning rate falls to a hundredth at the last of `epochs`"),
      field(&Options::warm_up, "warm_up", "First epochs, in which the learning rate rises")
          .range(0, 1'000)
          .unit("epochs"),
      field(&Options::weight_decay, "weight_decay", "Decoupled (AdamW)").range(0, 1),
      field(&Options::clip_norm, "clip_norm", "Largest norm of a gradient; 0: any").range(0, 1e6),
      field(&Options::dropout, "dropout",
            "Part of each layer's outputs that a step of training leaves out")
          .range(0, 0.9),
      field(&Options::averaging, "averaging",
            "Forecast by a running mean of the weights: the share of it that a step of training "
            "keeps; 0: by the last weights")
          .range(0, 0.9999),
      field(&Options::epoch_windows, "epoch_windows",
            "Windows that an epoch takes at most, the next ones of a pass in random order; 0: all")
          .range(0, 1'000'000'000)
          .unit("windows"),
      field(&Options::refit_epochs, "refit_epochs",
            "Epochs of a warm start without a validation part, at most: no more than those that "
            "validated best; 0: keep the weights")
          .range(0, 100'000)
          .unit("epochs"),
      field(&Options::threads, "threads", "For training; the result does not depend on it")
          .range(1, 2),
      field(&Options::onnx_file, "onnx_file",
            "Where each trained network is written, in ONNX; the README names its inputs")};
};

}  // namespace weir::lstm_model
