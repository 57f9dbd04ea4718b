// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Which rows a server dropped, from what it says about a partial write.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace weir::influx_sink {

struct Suspects {
  std::vector<std::size_t> lines;  ///< indices
  bool certain = false;  ///< exactly these were dropped; else the dropped ones are among them
};

/// `dropped` as the server counts; 0: it does not. The server names bad lines ("unable to parse
/// '…'"), or a field whose type conflicts, or says that points are too old; what it does not
/// explain makes every line a suspect. Pure.
[[nodiscard]] Suspects find_dropped(std::span<const std::string_view> lines,
                                    std::string_view message, std::size_t dropped);

}  // namespace weir::influx_sink
