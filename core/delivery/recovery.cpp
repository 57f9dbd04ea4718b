// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/recovery.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "core/delivery/segment_reader.hpp"
#include "weir/error.hpp"

namespace weir::core::delivery {
namespace {

constexpr std::uint64_t no_bound = std::numeric_limits<std::uint64_t>::max();

void must(const Status& status) {
  if (!status.ok()) throw Error(status.message());
}

template <class T>
T must(Result<T> result) {
  must(result.status);
  return std::move(result.value);
}

class Recovery {
 public:
  Recovery(const std::string& folder, Filesystem& filesystem, PositionFile& positions)
      : folder_(folder), filesystem_(filesystem), positions_(positions) {}

  Recovered run() {
    look();
    forget_superseded();
    find_start();
    for (std::size_t i = 0; i < names_.size(); ++i) take_segment(i);
    count_losses();
    make_durable();
    return std::move(recovered_);
  }

 private:
  [[nodiscard]] std::string path_of(const SegmentName& name) const {
    return folder_ + '/' + format_segment_name(name);
  }
  // Where it fails the file is met again at the next start, and counts as little.
  void discard(const SegmentName& name) { (void)filesystem_.remove(path_of(name)); }

  void look() {
    for (const std::string& text : must(filesystem_.list(folder_))) {
      if (text == position_name) has_position_ = true;
      const auto name = parse_segment_name(text);
      if (!name) continue;
      names_.push_back(*name);
      recovered_.next_serial = std::max(recovered_.next_serial, name->serial + 1);
    }
    std::sort(names_.begin(), names_.end(), [](const SegmentName& a, const SegmentName& b) {
      return std::tie(a.first, a.serial) < std::tie(b.first, b.serial);
    });
  }

  // A crash may leave: a segment that was dropped beside its tombstone, a segment that was given up
  // beside the one that took its place, a segment that was begun and holds nothing.
  void forget_superseded() {
    std::vector<SegmentName> kept;
    for (const SegmentName& name : names_) {
      const bool gone =
          !name.dropped && std::any_of(names_.begin(), names_.end(), [&](const SegmentName& other) {
            return other.dropped && other.first <= name.first && name.first < other.end;
          });
      if (gone) {
        discard(name);
        continue;
      }
      if (!kept.empty() && !kept.back().dropped && kept.back().first == name.first) {
        discard(kept.back());
        kept.pop_back();
      }
      kept.push_back(name);
    }
    names_ = std::move(kept);
    while (!names_.empty() && !names_.back().dropped && size_of(names_.back()) == 0) {
      note_end(names_.back().first, names_.back().first_row);
      discard(names_.back());
      names_.pop_back();
    }
  }

  std::uint64_t size_of(const SegmentName& name) {
    return must(must(filesystem_.open(path_of(name), Filesystem::Open::to_read))->size());
  }

  void note_end(std::uint64_t sequence, std::uint64_t row) {
    if (sequence <= end_) return;
    end_ = sequence;
    end_row_ = row;
  }

  void find_start() {
    const auto loaded = must(positions_.load(has_position_));
    Position& position = recovered_.ledger.position;
    if (loaded.position) {
      position = *loaded.position;
      note_end(position.end, position.end_row);
    }
    if (names_.empty()) {
      recovered_.ledger.found.position_lost = has_position_ && !loaded.position;
    } else {
      const SegmentName& oldest = names_.front();
      recovered_.ledger.found.position_lost =
          !loaded.position && (has_position_ || oldest.first > 1);
      // Segments go only when the position was past them: what is missing before the oldest was
      // delivered, if only the newer slot knew.
      const bool is_older = !loaded.position || loaded.damaged;
      if (is_older && position.next < oldest.first) {
        position.next = oldest.first;
        position.next_row = oldest.first_row;
      }
    }
    note_end(position.next, position.next_row);
    // A first position must be there before the disk can be full of what it would release.
    if (!loaded.position) must(positions_.store(position));
    const Status confirmed = loaded.position ? positions_.confirm() : Status();
    position_is_durable_ = confirmed.ok();
    if (confirmed.kind() == Status::Kind::failed) must(confirmed);
  }

  void take_segment(std::size_t index) {
    const SegmentName& name = names_[index];
    const bool last = index + 1 == names_.size();
    const Position& position = recovered_.ledger.position;
    Segment segment;
    segment.name = name;
    note_end(name.first, name.first_row);
    if (name.dropped) {
      segment.end = name.end;
      segment.end_row = name.end_row;
      note_end(name.end, name.end_row);
      if (segment.end > position.next) {
        const bool whole = position.next <= name.first;
        accounted_records_ += name.end - (whole ? name.first : position.next);
        accounted_rows_ += name.end_row - (whole ? name.first_row : position.next_row);
      }
    } else {
      segment.end = last ? no_bound : names_[index + 1].first;
      segment.end_row = last ? 0 : names_[index + 1].first_row;
    }
    if (segment.end <= position.next && position_is_durable_) {
      discard(name);
      return;
    }
    if (!name.dropped) scan(segment, last);
    recovered_.ledger.segments.push_back(segment);
  }

  void scan(Segment& segment, bool last) {
    auto file = must(filesystem_.open(path_of(segment.name), Filesystem::Open::to_read));
    segment.bytes = must(file->size());
    SegmentReader reader(std::move(file), segment.name.salt);
    const std::uint64_t start = recovered_.ledger.position.next;
    std::uint64_t expected = segment.name.first;
    for (;;) {
      const auto frame = reader.next(segment.bytes, last ? start : no_bound);
      if (!frame.status.ok()) continue;  // the third time it counts as damage
      if (!frame.value) break;
      const FrameHeader& header = frame.value->header;
      if (header.sequence < expected) continue;
      if (header.sequence >= segment.end) break;
      expected = header.sequence + 1;
      if (last) note_end(expected, header.end_row());
      if (header.sequence < start) continue;
      ++segment.records;
      segment.rows += header.rows;
      if (!recovered_.ledger.oldest) recovered_.ledger.oldest = header.appended_at;
    }
    recovered_.ledger.found.records += segment.records;
    recovered_.ledger.found.rows += segment.rows;
  }

  void count_losses() {
    LedgerStart& ledger = recovered_.ledger;
    for (Segment& segment : ledger.segments) {
      if (segment.end != no_bound) continue;
      segment.end = end_;
      segment.end_row = end_row_;
    }
    ledger.position.end = end_;
    ledger.position.end_row = end_row_;
    SpoolRecovery& found = ledger.found;
    found.segments = ledger.segments.size();
    const auto missing = [](std::uint64_t all, std::uint64_t there) {
      return all - std::min(all, there);
    };
    found.lost_records = missing(end_ - ledger.position.next, found.records + accounted_records_);
    found.lost_rows = missing(end_row_ - std::min(end_row_, ledger.position.next_row),
                              found.rows + accounted_rows_);
  }

  // What a crashed process wrote and did not sync is intact, but only the system's memory may hold
  // it. So may the removal of what it gave up or what was discarded here: that must not come back
  // with the power, since its sequences are given to others from now on.
  void make_durable() {
    const auto& segments = recovered_.ledger.segments;
    if (!segments.empty() && !segments.back().name.dropped) {
      must(must(filesystem_.open(path_of(segments.back().name), Filesystem::Open::to_write))
               ->sync_data());
    }
    must(filesystem_.sync_folder(folder_));
  }

  const std::string& folder_;
  Filesystem& filesystem_;
  PositionFile& positions_;
  bool has_position_ = false;
  bool position_is_durable_ = false;
  std::vector<SegmentName> names_;
  /// Past the last record that is known to have been.
  std::uint64_t end_ = 1, end_row_ = 0;
  /// In the ranges of tombstones.
  std::uint64_t accounted_records_ = 0, accounted_rows_ = 0;
  Recovered recovered_;
};

}  // namespace

Recovered recover(const std::string& folder, Filesystem& filesystem, PositionFile& positions) {
  return Recovery(folder, filesystem, positions).run();
}

}  // namespace weir::core::delivery
