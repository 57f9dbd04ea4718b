// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What `weir top` shows, as text: pure, from two answers of the control socket.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::core::observe {

/// A run as its control socket tells of it.
struct TopView {
  struct Node {
    std::string name;
    std::string plugin;
    std::string state;
    std::vector<std::pair<std::string, std::string>> inputs;  ///< node, port
    std::uint64_t rows_in = 0;
    std::uint64_t rows_out = 0;
    double busy_seconds = 0;
    std::uint64_t retries = 0;
    std::uint64_t errors = 0;
    std::uint64_t lost_rows = 0;  ///< dropped, kept aside or thrown away
    std::uint64_t queued_bytes = 0;
    std::uint64_t queue_capacity = 0;
    std::string call;
    double call_seconds = 0;
    bool hangs = false;
  };
  std::string pipeline;
  int pid = 0;
  double monotonic = 0;  ///< seconds
  std::string status;
  std::vector<std::string> reasons;
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;
  std::vector<Node> nodes;
};

/// Throws Error: the line is an error that the run told, or none that is understood.
[[nodiscard]] TopView parse_view(std::string_view line);

struct TopStyle {
  bool colour = false;
  bool unicode = true;    ///< else plain ASCII
  std::size_t width = 0;  ///< of the terminal, lines are cut to it; 0: not cut
};

/// One line of the run, one of each reason, the table. Nodes stand below what feeds them; rates are
/// those between the two views. Names come from a file: control characters become spaces.
[[nodiscard]] std::string top_text(const TopView& before, const TopView& now,
                                   const TopStyle& style);

/// "0", "0.5", "12", "1.2k", "3.4M"
[[nodiscard]] std::string short_number(double value);

}  // namespace weir::core::observe
