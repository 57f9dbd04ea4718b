// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node: the grid, and when its rows may leave.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <weir/node.hpp>
#include <weir/options.hpp>

#include "grid.hpp"
#include "watermarks.hpp"

namespace weir::aligner {

[[nodiscard]] constexpr auto enum_names(Aggregate) {
  return std::array{std::pair{"mean", Aggregate::mean}, std::pair{"last", Aggregate::last},
                    std::pair{"min", Aggregate::min}, std::pair{"max", Aggregate::max},
                    std::pair{"sum", Aggregate::sum}};
}
[[nodiscard]] constexpr auto enum_names(Fill) {
  return std::array{std::pair{"none", Fill::none}, std::pair{"last", Fill::last},
                    std::pair{"linear", Fill::linear}};
}

class Aligner {
 public:
  static constexpr auto name = "aligner",
                        summary =
                            "Puts series of several inputs on one regular grid, a column each.";
  static constexpr std::string_view details =
      "Row t gathers the values of [t, t + step). A column is called `<input>.<field>` where the "
      "input holds one "
      "series, else `<input>.<field>[<tag value>]`. A row leaves when every input has passed its "
      "end; what is missing "
      "then is null, or filled as `fill` says.";
  static constexpr auto outputs =
      std::array{port("out", "The grid, measurement `grid`"),
                 port("late", "Rows whose step had left when they came")};
  static constexpr Inputs inputs{.order = Order::watermark};

  struct Options {
    std::optional<Duration> step;
    Aggregate aggregate = Aggregate::mean;
    Fill fill = Fill::none;
    Duration fill_limit{};
    std::vector<double> sentinels;
    Duration lateness{};
    Duration idle_timeout{5'000'000'000};
    static constexpr auto fields = std::tuple{
        field(&Options::step, "step",
              "Distance of the rows; default: the most common one of the first 256 rows")
            .min(Duration{1'000'000}),
        field(&Options::aggregate, "aggregate", "What several values in one step become"),
        field(&Options::fill, "fill",
              "What a missing value becomes: none (null), the last value, or a line to the next"),
        field(&Options::fill_limit, "fill_limit",
              "Longest gap that is filled; a longer one stays, whole")
            .min(Duration{0}),
        field(&Options::sentinels, "sentinels",
              "Values that mean nothing was measured, such as -1: null"),
        field(&Options::lateness, "lateness", "How much later than newer rows a row may come")
            .min(Duration{0}),
        field(&Options::idle_timeout, "idle_timeout",
              "Live: an input that sent nothing for so long stops holding the others")
            .min(Duration{1'000'000})};
  } options;

  void open(Context& context);
  void process(Input input, Output& output);
  void end_input(std::size_t input, Output& output);
  void on_time(Timestamp now, Output& output);
  void finish(Reason reason, Output& output);

  /// The grid and how far each input has come. RetryLater before the step is known: the rows that
  /// are held are asked for again.
  [[nodiscard]] std::string save_state() const;
  void load_state(std::uint32_t version, std::string_view bytes);

 private:
  void take(std::size_t input, const Batch& batch, Output& output);
  void learn_step(Output& output);
  void start(Duration step);
  void advance(Output& output);

  Context* context_ = nullptr;
  std::vector<std::pair<std::size_t, Batch>> held_;  // until the step is known
  std::size_t held_rows_ = 0;
  std::optional<Grid> grid_;
  std::optional<watermarks::Watermarks> marks_;
};

}  // namespace weir::aligner
