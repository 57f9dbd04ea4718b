// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node: gathers what models forecast, and says at the end who forecast best.

#include <string_view>
#include <tuple>

#include <weir/node.hpp>
#include <weir/options.hpp>

#include "forecasts.hpp"

namespace weir::scoreboard {

class Scoreboard {
 public:
  static constexpr auto name = "scoreboard",
                        summary = "Compares models on the same forecasts, with a test for luck.";
  static constexpr std::string_view details =
      "Feed it from the ports `predictions` and `evaluation` of one or more models. At the end it "
      "emits a row of measurement `scoreboard` for each target, model and step ahead, and for all "
      "steps together (`horizon_step` is `all`), and logs a table. All models of a target are "
      "judged on the forecasts that every one of them made.";

  struct Options {
    double interval = 0.9;
    static constexpr auto fields =
        std::tuple{field(&Options::interval, "interval",
                         "Share of truths that the models' intervals are to hold, as they have it")
                       .range(0.5, 0.999)};
  } options;

  void open(Context& context) { context_ = &context; }
  void process(Input input, Output& output);
  void finish(Reason reason, Output& output);

 private:
  Context* context_ = nullptr;
  Forecasts forecasts_;
};

}  // namespace weir::scoreboard
