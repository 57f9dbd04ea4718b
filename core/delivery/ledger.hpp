// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The bookkeeping of a spool: which segments there are, what was given and acknowledged, what may
/// be removed. Pure: it touches no disk and knows no thread; Spool guards it by a lock.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "core/delivery/frame.hpp"
#include "core/delivery/position.hpp"
#include "core/delivery/segment_name.hpp"
#include "core/delivery/segment_writer.hpp"
#include "core/delivery/spool.hpp"

namespace weir::core::delivery {

struct Segment {
  SegmentName name;
  /// Past its last durable record.
  std::uint64_t end = 0, end_row = 0;
  /// Durable bytes.
  std::uint64_t bytes = 0;
  /// Durable records in it that were at or behind the position when the spool was opened.
  std::uint64_t records = 0, rows = 0;
  /// Those of them that the reader was given, or that were found damaged.
  std::uint64_t given_records = 0, given_rows = 0;
  /// The writer's own, now.
  bool active = false;
  /// Somebody changes its file: keep away until that is done.
  bool busy = false;
};

/// What recovery found.
struct LedgerStart {
  std::deque<Segment> segments;
  Position position;
  SpoolRecovery found;
  std::optional<std::int64_t> oldest;
};

class Ledger {
 public:
  explicit Ledger(LedgerStart start);

  // The writer's side.
  void add(std::uint32_t rows, std::uint64_t frame_bytes, std::int64_t appended_at);
  void begin_segment(const SegmentName& name);
  /// The group became durable in the active segment.
  void sync_group(const Group& group);
  /// The active segment takes no more.
  void end_segment();
  /// Nor can be trusted further; true: it holds nothing durable, it is forgotten and its file may
  /// go.
  bool give_up_segment();
  /// All that the active segment holds was acknowledged.
  [[nodiscard]] bool active_is_done() const;

  // The reader's side.
  /// The segment to read from now, as it is now; moves the cursor over what is not there.
  [[nodiscard]] std::optional<Segment> next_to_read();
  /// A record of the segment was read. False: it was acknowledged before a rewind.
  bool give(std::uint32_t serial, const FrameHeader& header);
  /// All frames of `seen`, a former answer of next_to_read, were read: what was not among them is
  /// lost.
  void pass(const Segment& seen);
  [[nodiscard]] bool can_read(std::uint32_t serial) const;
  [[nodiscard]] std::uint64_t cursor() const { return cursor_; }
  void rewind();
  void acknowledge(std::uint64_t sequence);
  [[nodiscard]] Position position() const;

  // Files that go. What is handed out is busy until the second call.
  [[nodiscard]] std::vector<SegmentName> take_passed(std::uint64_t position);
  void end_removal(std::uint32_t serial, bool removed);
  struct Drop {
    SegmentName segment;
    /// What stands for it from now on.
    SegmentName tombstone;
    /// The tombstone before it, which the new one replaces.
    std::optional<SegmentName> merged;
  };
  [[nodiscard]] std::optional<Drop> take_oldest();
  void end_drop(const Drop& drop, bool dropped);

  [[nodiscard]] std::uint64_t durable_end() const { return durable_end_; }
  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] SpoolStatistics statistics() const;

 private:
  struct Held {
    std::uint64_t first_row;
    std::int64_t appended_at;
    std::uint32_t rows;
    bool acknowledged;
  };
  using Segments = std::deque<Segment>;
  [[nodiscard]] Segments::iterator find(std::uint32_t serial);
  [[nodiscard]] Segments::iterator active();
  [[nodiscard]] bool holds_any(const Segment& segment) const;
  void lose_rest(Segment& segment, std::uint64_t of_records, std::uint64_t of_rows);
  void forget_acknowledged();
  [[nodiscard]] std::optional<std::int64_t> oldest_waiting() const;

  Segments segments_;
  /// The next record to read.
  std::uint64_t cursor_, cursor_row_;
  std::uint64_t durable_end_, durable_row_;
  std::map<std::uint64_t, Held> held_;
  std::uint64_t unsynced_bytes_ = 0;
  /// Not later than the first record that was not read.
  std::optional<std::int64_t> unread_since_;
  std::int64_t unsynced_since_ = 0;
  SpoolStatistics counts_;
};

}  // namespace weir::core::delivery
