// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a node declares of its inputs and outputs.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace weir {

/// A named output.
///   static constexpr auto outputs = std::array{port("out", "The grid"), port("late", "Late
///   rows")};
struct Port {
  std::string_view name;
  std::string_view doc;
};

[[nodiscard]] constexpr Port port(std::string_view name, std::string_view doc) {
  return {name, doc};
}

/// Which of several inputs the engine gives a node first.
enum class Order : std::uint8_t {
  any,        ///< as they arrive
  watermark,  ///< the one whose event time is furthest behind (joins)
  sequence    ///< all of the first input, then all of the second, …
};

/// How many edges may feed a node, and in what order they are read.
///   static constexpr weir::Inputs inputs{.min = 2, .order = Order::watermark};
struct Inputs {
  std::size_t min = 1;
  std::size_t max = std::numeric_limits<std::size_t>::max();
  Order order = Order::any;
};

/// The port for rows that cannot be used, each with a text field `reason`. The engine keeps such
/// rows in the dead-letter file of the node when no edge takes them.
inline constexpr std::string_view rejected_port = "rejected";

}  // namespace weir
