// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What one may ask a run for over its control socket: one JSON object a line.
///
///   {"request": "snapshot"}                      -> the run as one object
///   {"request": "tap", "node": "grid", "port": "late", "where": ["value>3"], "limit": 100}
///        -> {"row": {…}} a line, {"dropped": N} where rows came too fast, {"end": "why"} at last
///   {"request": "reload"}, {"request": "stop"}   -> {"ok": true, "text": "…"}
///
/// What cannot be done is answered with {"error": "…"}.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::core::observe {

struct ControlRequest {
  enum class Kind : std::uint8_t { snapshot, tap, reload, stop };
  Kind kind = Kind::snapshot;
  std::string node;                ///< tap
  std::string port;                ///< tap; empty: every port of the node
  std::vector<std::string> where;  ///< tap; see RowFilter
  std::uint64_t limit = 0;         ///< tap, rows; 0: without end
};

/// A longer line ends the connection.
inline constexpr std::size_t longest_request = std::size_t{64} << 10U;

/// Throws Error. Keys that it does not know are no error: a newer client may ask an older run.
[[nodiscard]] ControlRequest parse_request(std::string_view line);
/// Without a line end.
[[nodiscard]] std::string to_json(const ControlRequest& request);

[[nodiscard]] std::string error_line(const std::string& message);
[[nodiscard]] std::string done_line(const std::string& text);

}  // namespace weir::core::observe
