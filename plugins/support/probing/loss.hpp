// SPDX-License-Identifier: Apache-2.0
// What can become of a probe, one taxonomy for all probes (RFC 2680 loss, RFC 4737 reordering,
// RFC 5560 duplicates):
//   received     its first reply came within the timeout
//   late         its first reply came after the timeout: lost, and yet the path works
//   lost         no reply
//   send_failed  the kernel refused to send it, so the network never saw it; counts as lost
// A reply may besides be a duplicate (the second to a probe) or reordered (its probe was sent
// before one whose reply has already come).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <weir/batch.hpp>

namespace weir::probing {

enum class Outcome : std::uint8_t { received, late, lost, send_failed };
[[nodiscard]] std::string_view to_text(Outcome outcome);

/// Adds one and stays at the largest value.
template <typename Count>
constexpr void count_up(Count& count) {
  if (count != static_cast<Count>(-1)) ++count;
}

/// Counts of one target over one interval. `sent`, `received`, `send_failed` and bursts follow the
/// probes of the interval; `late`, `duplicates` and `reordered` the replies that came during it.
struct LossTally {
  std::uint16_t sent = 0;
  std::uint16_t received = 0;
  std::uint16_t send_failed = 0;
  std::uint16_t late = 0;
  std::uint16_t duplicates = 0;
  std::uint16_t reordered = 0;
  std::uint16_t bursts = 0;         ///< runs of lost probes that touch the interval
  std::uint16_t longest_burst = 0;  ///< their length so far, also across intervals

  [[nodiscard]] std::uint16_t lost() const { return static_cast<std::uint16_t>(sent - received); }
  /// 100 where nothing could be sent.
  [[nodiscard]] double loss_percent() const;
};

/// The run of losses that a target is in. Told of each probe in the order of sending.
class LossRun {
 public:
  void received() { length_ = 0; }
  void lost(LossTally& tally);

 private:
  std::uint16_t length_ = 0;
};

/// Whether a probe may have more than one reply, and replies may overtake each other.
enum class Replies : std::uint8_t { any, one };

/// The columns of a LossTally in a batch; `duplicates` and `reordered` where there can be any.
class LossColumns {
 public:
  explicit LossColumns(BatchBuilder& builder, Replies replies = Replies::any);
  void set(BatchBuilder::Row& row, const LossTally& tally) const;

 private:
  BatchBuilder::Key lost_, late_;
  std::optional<BatchBuilder::Key> duplicates_, reordered_;
  BatchBuilder::Key send_failed_, bursts_, longest_;
};

}  // namespace weir::probing
