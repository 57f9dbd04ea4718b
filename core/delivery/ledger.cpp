// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/ledger.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "weir/error.hpp"

namespace weir::core::delivery {

Ledger::Ledger(LedgerStart start)
    : segments_(std::move(start.segments)),
      cursor_(start.position.next),
      cursor_row_(start.position.next_row),
      durable_end_(start.position.end),
      durable_row_(start.position.end_row),
      unread_since_(start.oldest) {
  counts_.waiting_records = start.found.records;
  counts_.waiting_rows = start.found.rows;
  counts_.lost_records = start.found.lost_records;
  counts_.lost_rows = start.found.lost_rows;
}

Ledger::Segments::iterator Ledger::find(std::uint32_t serial) {
  return std::find_if(segments_.begin(), segments_.end(),
                      [&](const Segment& s) { return s.name.serial == serial; });
}

Ledger::Segments::iterator Ledger::active() {
  return std::find_if(segments_.begin(), segments_.end(),
                      [](const Segment& s) { return s.active; });
}

void Ledger::add(std::uint32_t rows, std::uint64_t frame_bytes, std::int64_t appended_at) {
  if (counts_.unsynced_records == 0) unsynced_since_ = appended_at;
  ++counts_.appended_records;
  ++counts_.waiting_records;
  ++counts_.unsynced_records;
  counts_.appended_rows += rows;
  counts_.waiting_rows += rows;
  counts_.unsynced_rows += rows;
  unsynced_bytes_ += frame_bytes;
}

void Ledger::begin_segment(const SegmentName& name) {
  Segment segment;
  segment.name = name;
  segment.end = name.first;
  segment.end_row = name.first_row;
  segment.active = true;
  segments_.push_back(segment);
}

void Ledger::sync_group(const Group& group) {
  // Where all has been read, what comes now is the first unread; else an older one is.
  if (!unread_since_ || cursor_ >= durable_end_) unread_since_ = group.first_appended_at;
  const auto segment = active();
  segment->end = group.end;
  segment->end_row = group.end_row;
  segment->bytes += group.frames.size();
  segment->records += group.records();
  segment->rows += group.rows();
  durable_end_ = group.end;
  durable_row_ = group.end_row;
  counts_.unsynced_records -= group.records();
  counts_.unsynced_rows -= group.rows();
  unsynced_bytes_ -= group.frames.size();
}

void Ledger::end_segment() {
  if (const auto segment = active(); segment != segments_.end()) segment->active = false;
}

bool Ledger::give_up_segment() {
  ++counts_.suspect_segments;
  const auto segment = active();
  segment->active = false;
  if (segment->end != segment->name.first) return false;
  segments_.erase(segment);
  return true;
}

bool Ledger::active_is_done() const {
  const auto segment =
      std::find_if(segments_.begin(), segments_.end(), [](const Segment& s) { return s.active; });
  return segment != segments_.end() && segment->end <= position().next;
}

std::optional<Segment> Ledger::next_to_read() {
  for (const Segment& segment : segments_) {
    if (segment.end <= cursor_) continue;
    if (segment.busy) return std::nullopt;
    if (segment.name.dropped) {
      cursor_ = segment.end;
      cursor_row_ = segment.end_row;
      continue;
    }
    if (cursor_ < segment.name.first) {
      cursor_ = segment.name.first;
      cursor_row_ = segment.name.first_row;
    }
    return segment;
  }
  cursor_ = durable_end_;
  cursor_row_ = durable_row_;
  forget_acknowledged();
  return std::nullopt;
}

bool Ledger::can_read(std::uint32_t serial) const {
  return std::any_of(segments_.begin(), segments_.end(), [&](const Segment& s) {
    return s.name.serial == serial && !s.busy && !s.name.dropped;
  });
}

bool Ledger::give(std::uint32_t serial, const FrameHeader& header) {
  cursor_ = header.sequence + 1;
  cursor_row_ = header.end_row();
  unread_since_ = header.appended_at;
  const auto segment = find(serial);
  if (held_.contains(header.sequence)) {
    forget_acknowledged();
    if (cursor_ == segment->end) lose_rest(*segment, segment->records, segment->rows);
    return false;
  }
  ++segment->given_records;
  segment->given_rows += header.rows;
  if (segment->given_records > segment->records) {
    // Recovery had counted it as lost: bytes were missing before it, and headers alone do not tell.
    ++segment->records;
    segment->rows += header.rows;
    ++counts_.waiting_records;
    counts_.waiting_rows += header.rows;
    counts_.lost_records -= std::min<std::uint64_t>(counts_.lost_records, 1);
    counts_.lost_rows -= std::min<std::uint64_t>(counts_.lost_rows, header.rows);
  }
  held_.emplace(header.sequence, Held{.first_row = header.first_row,
                                      .appended_at = header.appended_at,
                                      .rows = header.rows,
                                      .acknowledged = false});
  ++counts_.held_records;
  if (cursor_ == segment->end) lose_rest(*segment, segment->records, segment->rows);
  return true;
}

// Of that many records all that is intact was given: the rest is damaged.
void Ledger::lose_rest(Segment& segment, std::uint64_t of_records, std::uint64_t of_rows) {
  const std::uint64_t records = of_records - std::min(of_records, segment.given_records);
  const std::uint64_t rows = of_rows - std::min(of_rows, segment.given_rows);
  segment.given_records += records;
  segment.given_rows += rows;
  counts_.lost_records += records;
  counts_.lost_rows += rows;
  counts_.waiting_records -= records;
  counts_.waiting_rows -= rows;
}

void Ledger::pass(const Segment& seen) {
  lose_rest(*find(seen.name.serial), seen.records, seen.rows);
  cursor_ = seen.end;
  cursor_row_ = seen.end_row;
  forget_acknowledged();
}

void Ledger::rewind() {
  const Position lowest = position();
  if (const auto held = held_.find(lowest.next); held != held_.end()) {
    unread_since_ = held->second.appended_at;
  }
  for (auto it = held_.begin(); it != held_.end();) {
    const auto& [sequence, held] = *it;
    if (held.acknowledged) {
      ++it;
      continue;
    }
    for (Segment& segment : segments_) {
      if (sequence < segment.name.first || sequence >= segment.end) continue;
      --segment.given_records;
      segment.given_rows -= held.rows;
    }
    --counts_.held_records;
    it = held_.erase(it);
  }
  cursor_ = lowest.next;
  cursor_row_ = lowest.next_row;
}

void Ledger::acknowledge(std::uint64_t sequence) {
  if (sequence >= durable_end_) {
    throw Error("the spool's record " + std::to_string(sequence) +
                " was acknowledged, but it was never given");
  }
  const auto found = held_.find(sequence);
  // Given before a rewind and stored since: it is given once more.
  if (found == held_.end() || found->second.acknowledged) return;
  Held& held = found->second;
  held.acknowledged = true;
  --counts_.held_records;
  --counts_.waiting_records;
  counts_.waiting_rows -= held.rows;
  ++counts_.acknowledged_records;
  counts_.acknowledged_rows += held.rows;
  forget_acknowledged();
}

// Records behind the cursor that were acknowledged are remembered after a rewind: they are not
// given a second time.
void Ledger::forget_acknowledged() {
  while (!held_.empty() && held_.begin()->second.acknowledged && held_.begin()->first < cursor_) {
    held_.erase(held_.begin());
  }
}

Position Ledger::position() const {
  Position position{
      .next = cursor_, .next_row = cursor_row_, .end = durable_end_, .end_row = durable_row_};
  for (const auto& [sequence, held] : held_) {
    if (held.acknowledged) continue;
    position.next = sequence;
    position.next_row = held.first_row;
    break;
  }
  return position;
}

std::vector<SegmentName> Ledger::take_passed(std::uint64_t position) {
  std::vector<SegmentName> passed;
  for (Segment& segment : segments_) {
    if (segment.active || segment.busy || segment.end > position) continue;
    segment.busy = true;
    passed.push_back(segment.name);
  }
  return passed;
}

void Ledger::end_removal(std::uint32_t serial, bool removed) {
  const auto segment = find(serial);
  segment->busy = false;
  if (removed) segments_.erase(segment);
}

bool Ledger::holds_any(const Segment& segment) const {
  const auto from = held_.lower_bound(segment.name.first), to = held_.lower_bound(segment.end);
  return std::any_of(from, to, [](const auto& entry) { return !entry.second.acknowledged; });
}

std::optional<Ledger::Drop> Ledger::take_oldest() {
  for (auto it = segments_.begin(); it != segments_.end(); ++it) {
    if (it->active || it->busy || it->name.dropped || holds_any(*it)) continue;
    Drop drop{.segment = it->name, .tombstone = it->name, .merged = std::nullopt};
    drop.tombstone.dropped = true;
    drop.tombstone.salt = 0;
    drop.tombstone.end = it->end;
    drop.tombstone.end_row = it->end_row;
    if (it != segments_.begin()) {
      const auto before = std::prev(it);
      if (before->name.dropped && !before->busy && before->end == it->name.first) {
        drop.merged = before->name;
        drop.tombstone.first = before->name.first;
        drop.tombstone.first_row = before->name.first_row;
        before->busy = true;
      }
    }
    it->busy = true;
    return drop;
  }
  return std::nullopt;
}

void Ledger::end_drop(const Drop& drop, bool dropped) {
  const auto segment = find(drop.segment.serial);
  segment->busy = false;
  if (drop.merged) find(drop.merged->serial)->busy = false;
  if (!dropped) return;
  const std::uint64_t records = segment->records - segment->given_records;
  const std::uint64_t rows = segment->rows - std::min(segment->rows, segment->given_rows);
  counts_.dropped_records += records;
  counts_.dropped_rows += rows;
  counts_.waiting_records -= records;
  counts_.waiting_rows -= rows;
  segment->name = drop.tombstone;
  segment->given_records = segment->records;
  segment->given_rows = segment->rows;
  segment->bytes = 0;
  if (drop.merged) segments_.erase(find(drop.merged->serial));
}

std::uint64_t Ledger::bytes() const {
  std::uint64_t sum = unsynced_bytes_;
  for (const Segment& segment : segments_) sum += segment.bytes;
  return sum;
}

std::optional<std::int64_t> Ledger::oldest_waiting() const {
  if (counts_.waiting_records == 0) return std::nullopt;
  for (const auto& [sequence, held] : held_) {
    if (!held.acknowledged) return held.appended_at;
  }
  if (counts_.waiting_records > counts_.unsynced_records) return unread_since_;
  return unsynced_since_;
}

SpoolStatistics Ledger::statistics() const {
  SpoolStatistics counts = counts_;
  counts.bytes = bytes();
  const auto oldest = oldest_waiting();
  if (oldest) counts.oldest = Timestamp(Duration(*oldest));
  counts.segments = static_cast<std::uint64_t>(std::count_if(
      segments_.begin(), segments_.end(), [](const Segment& s) { return !s.name.dropped; }));
  return counts;
}

}  // namespace weir::core::delivery
