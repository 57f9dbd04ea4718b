// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node: history first, then what is newer.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <weir/node.hpp>

#include "newest.hpp"

namespace weir::concatenator {

class Concatenator {
 public:
  static constexpr auto
      name = "concatenator",
      summary = "Gives all of its first input, then what is newer of the next: history, then live.";
  static constexpr std::string_view details =
      "Each input is read to its end before the next. Rows of a later input pass if they are newer "
      "than the last row "
      "that an earlier input had of their series (measurement and tags); the others are "
      "duplicates, dropped and "
      "counted as `older_rows`. An empty input is an empty history.";
  static constexpr Inputs inputs{.min = 2, .order = Order::sequence};
  static constexpr bool holds = false;  // what it gives comes of the batch at hand

  void open(Context& context);
  void process(Input input, Output& output);

  [[nodiscard]] std::string save_state() const { return newest_->save(); }
  void load_state(std::uint32_t, std::string_view bytes) { newest_->load(bytes); }

 private:
  Context* context_ = nullptr;
  std::optional<Newest> newest_;
};

}  // namespace weir::concatenator
