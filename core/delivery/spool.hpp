// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A queue of records on disk: a log of segment files with one writer and one reader. What `sync`
/// said is durable is given by `next` until it was acknowledged, over crashes, power cuts, full
/// disks and failed writes: at least once, in order. Payloads are opaque bytes. README.md has the
/// format.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/delivery/filesystem.hpp"
#include "core/delivery/status.hpp"
#include "weir/units.hpp"

namespace weir::core::delivery {

struct SpoolLimits {
  enum class WhenFull : std::uint8_t {
    /// `append` says `full`.
    block,
    /// `append` makes room: whole segments of the oldest records go, but none of which the reader
    /// holds a record.
    drop_oldest
  };

  /// All segment files and what waits for the next `sync`, in bytes.
  std::uint64_t max_size = 1U << 30U;
  WhenFull when_full = WhenFull::block;
  /// A segment that has reached this size is followed by a new one; it exceeds it by one group at
  /// most. 0: an eighth of max_size, at most 64 MiB.
  std::uint64_t segment_size = 0;
  /// What `append` keeps in memory until `sync`, in bytes; one record may be larger. 0: 16 MiB, or
  /// an eighth of max_size where that is less.
  std::uint64_t max_unsynced = 0;
  /// Sets the salt of the checksums, so that a simulation repeats. 0: taken from the system.
  std::uint32_t salt = 0;
};

struct SpoolRecord {
  /// One more than that of the record before; a gap is what was lost or dropped.
  std::uint64_t sequence = 0;
  std::uint32_t rows = 0;
  /// As given to `append`.
  Timestamp appended_at{};
  std::vector<std::byte> payload;
};

/// What `open` found.
struct SpoolRecovery {
  /// Intact records that nobody acknowledged. The checksums of payloads in older segments are
  /// checked when they are read; what fails then is added to SpoolStatistics::lost_*.
  std::uint64_t records = 0, rows = 0;
  /// Neither acknowledged nor dropped, and gone or damaged. Two limits: what was made durable after
  /// the last `commit_position` and lies behind the last intact record is not known to be missing;
  /// and where a crash tore a sync apart, what lies before an intact part of it counts.
  std::uint64_t lost_records = 0, lost_rows = 0;
  std::uint64_t segments = 0;
  /// The position could not be read: all records that are there are given again.
  bool position_lost = false;
};

/// Since `open`, but for what waits.
struct SpoolStatistics {
  /// Taken in and not yet acknowledged, dropped or lost; also what is not yet durable.
  std::uint64_t waiting_records = 0, waiting_rows = 0;
  /// Of these, those that await `sync`.
  std::uint64_t unsynced_records = 0, unsynced_rows = 0;
  /// Given to the reader and not yet acknowledged.
  std::uint64_t held_records = 0;
  std::uint64_t appended_records = 0, appended_rows = 0;
  std::uint64_t acknowledged_records = 0, acknowledged_rows = 0;
  /// By `drop_oldest`.
  std::uint64_t dropped_records = 0, dropped_rows = 0;
  /// By damage, with those that `open` found missing.
  std::uint64_t lost_records = 0, lost_rows = 0;
  /// Of all segment files, and of what awaits `sync`.
  std::uint64_t bytes = 0;
  std::uint64_t segments = 0;
  /// Segments that were closed because a write or a sync failed in them.
  std::uint64_t suspect_segments = 0;
  /// When the oldest waiting record was appended. While that one has not been read it may be the
  /// time of the record before it. Nothing waits: empty.
  std::optional<Timestamp> oldest;
};

enum class Append : std::uint8_t {
  /// It is in memory; `sync` makes it durable.
  taken,
  /// There is no room under max_size: acknowledge and commit_position make some.
  full,
  /// max_unsynced is reached: call `sync`, then append again.
  sync_first,
  /// It can never fit into this spool: over max_size, or over 256 MiB.
  too_large
};

struct AppendResult {
  Append result = Append::taken;
  /// Of the record that was taken.
  std::uint64_t sequence = 0;
};

/// Threads: `append` and `sync` from one thread at a time (the writer), `next`, `rewind`,
/// `acknowledge` and `commit_position` from one thread at a time (the reader), the rest from any.
/// Writer and reader do not wait for each other's disk. Nothing waits for records or for room: who
/// calls decides when to try again. After a Status that is not ok nothing is lost or doubled, and
/// the same call may be made again at any time.
class Spool {
 public:
  /// Makes `folder` where it is missing. `filesystem` must outlive the spool. Throws weir::Error
  /// with one clear line: another process uses the folder, the folder cannot be written, limits
  /// that contradict each other. Damage is no error; `recovery()` tells it.
  [[nodiscard]] static std::unique_ptr<Spool> open(const std::string& folder,
                                                   Filesystem& filesystem,
                                                   const SpoolLimits& limits);
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  /// Syncs nothing: what `sync` has not made durable is gone, as in a crash. Call `sync` and
  /// `commit_position` before where an orderly end is wanted.
  ~Spool();

  [[nodiscard]] const SpoolRecovery& recovery() const;

  /// Writer. Takes one record, whose payload is the concatenation of `pieces`; they are copied.
  /// Touches the disk only to drop or release old segments.
  [[nodiscard]] AppendResult append(std::span<const std::span<const std::byte>> pieces,
                                    std::uint32_t rows, Timestamp now);
  [[nodiscard]] AppendResult append(std::span<const std::byte> payload, std::uint32_t rows,
                                    Timestamp now);
  /// Writer. One write and one fdatasync for all that was appended since the last success (group
  /// commit). ok: all of it is durable and `next` gives it. Else: nothing of it counts as durable,
  /// it stays in memory, and another `sync` writes it again: after `no_room` at the same place,
  /// after `failed` to a new segment, because a failed fsync must not be trusted twice.
  Status sync();
  /// The sequence of the last durable record, 0 before the first.
  [[nodiscard]] std::uint64_t durable() const;

  /// Reader. The next durable record, or none where all have been given. Those that were given and
  /// not acknowledged are held; the caller bounds how many. Damaged records are passed over and
  /// counted. Not ok: a file could not be opened or read; a place that cannot be read three times
  /// is passed over as damaged.
  Result<std::optional<SpoolRecord>> next();
  /// Reader. Gives up what is held: `next` goes on from the lowest record that is not acknowledged.
  void rewind();
  /// Reader. The record of that sequence is where it should go; in any order. Durable after the
  /// next `commit_position`. Throws weir::Error for one that is not held.
  void acknowledge(std::uint64_t sequence);
  /// Reader. Makes the position (the lowest sequence that is not acknowledged) durable, then
  /// removes the segments before it. Costs one fdatasync where the position has moved: call it for
  /// groups of acknowledgements, not for each.
  Status commit_position();

  [[nodiscard]] SpoolStatistics statistics() const;

 private:
  class Impl;
  explicit Spool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::core::delivery
