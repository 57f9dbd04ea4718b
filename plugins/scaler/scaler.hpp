// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node: learns scales from the first rows, then passes all rows on, scaled.

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <weir/node.hpp>
#include <weir/options.hpp>

#include "scale.hpp"

namespace weir::scaler {

[[nodiscard]] constexpr auto enum_names(Method) {
  return std::array{std::pair{"minmax", Method::minmax}, std::pair{"standard", Method::standard},
                    std::pair{"robust", Method::robust}};
}

class Scaler {
 public:
  static constexpr auto name = "scaler",
                        summary =
                            "Scales numeric columns by what it learned from the first rows alone.";
  static constexpr std::string_view details =
      "Scale and offset travel with the column (physical = value * weir.scale + weir.offset), so "
      "that any later node "
      "gives back physical values. weir.fitted_until is the time of the last row that was learned "
      "from; a model "
      "refuses a training part that ends before it.";

  struct Options {
    Method method = Method::minmax;
    std::vector<std::string> columns = {"*"};
    unsigned train_percent = 64;
    std::size_t fit_rows = 0;
    static constexpr auto fields = std::tuple{
        field(&Options::method, "method",
              "minmax: (x - min) / (max - min); standard: (x - mean) / standard deviation; robust: "
              "(x - median) / "
              "(third - first quartile)"),
        field(&Options::columns, "columns", "Columns to scale, by name or pattern (ping.rtt*)"),
        field(&Options::train_percent, "train_percent",
              "Bounded runs: rows are held to the end and this part, the first, is learned from")
            .range(1, 100)
            .unit("%"),
        field(&Options::fit_rows, "fit_rows",
              "Live: learn from so many rows, then pass rows on as they come; 0: at the end")
            .unit("rows")};
  } options;

  void open(Context& context) { context_ = &context; }
  void process(Input input, Output& output);
  void finish(Reason reason, Output& output);

  /// What was learned. RetryLater before: the rows that are held are asked for again.
  [[nodiscard]] std::string save_state() const;
  void load_state(std::uint32_t version, std::string_view bytes);

 private:
  void learn(std::size_t rows);
  [[nodiscard]] Batch scaled(const Batch& batch);
  void release(Output& output);

  Context* context_ = nullptr;
  std::vector<Batch> held_;
  std::size_t held_rows_ = 0;
  bool learned_ = false;
  std::int64_t fitted_until_ = 0;
  std::map<std::string, Scale> scales_;
};

}  // namespace weir::scaler
