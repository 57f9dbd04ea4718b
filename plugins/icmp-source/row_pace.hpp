// SPDX-License-Identifier: Apache-2.0
// When rows may leave. An interval of 200 000 targets is 60 MB of rows, and the queues behind a
// live source drop what they have no room for: so rows leave in pieces that are spread over the
// time until the next interval's come.
#pragma once

#include <algorithm>
#include <cstddef>

#include "names.hpp"

namespace weir::icmp_source {

/// Rows that have not left yet.
struct WaitingRows {
  std::size_t rows = 0;           ///< at most so many
  Nanos leave_by = Nanos::max();  ///< when all must have left
};

class RowPace {
 public:
  /// `piece`: rows that leave at once.
  explicit RowPace(std::size_t piece) : piece_(piece) {}

  [[nodiscard]] bool due(Nanos now) const { return next_ <= now; }
  /// A piece has left; `rest` is what waits behind it.
  void left(Nanos now, const WaitingRows& rest) {
    const auto pieces = static_cast<std::int64_t>((rest.rows + piece_ - 1) / piece_);
    if (pieces == 0) {
      next_ = now;
      return;
    }
    const Nanos time = std::max(rest.leave_by - now, Nanos{});
    next_ = std::max(next_, now - most_behind) + std::min(time / pieces, longest_pause);
  }
  /// When the next piece may leave.
  [[nodiscard]] Nanos next() const { return next_; }

 private:
  // Where there are few, rows need not be late.
  static constexpr Nanos longest_pause = std::chrono::milliseconds(20);
  // Pieces that became due between two calls leave together; after a standstill not all of them.
  static constexpr Nanos most_behind = std::chrono::milliseconds(10);

  std::size_t piece_;
  Nanos next_{};
};

}  // namespace weir::icmp_source
