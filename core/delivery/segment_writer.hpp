// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The writing end of a spool: a group of records in memory, and the segment that it goes to.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/delivery/filesystem.hpp"
#include "core/delivery/frame.hpp"
#include "core/delivery/segment_name.hpp"

namespace weir::core::delivery {

/// Records that become durable together.
struct Group {
  std::uint64_t first = 0, end = 0;
  std::uint64_t first_row = 0, end_row = 0;
  std::int64_t first_appended_at = 0;
  std::vector<std::byte> frames;

  [[nodiscard]] bool empty() const { return first == end; }
  [[nodiscard]] std::uint64_t records() const { return end - first; }
  [[nodiscard]] std::uint64_t rows() const { return end_row - first_row; }
};

/// One thread.
class SegmentWriter {
 public:
  struct Start {
    std::uint64_t sequence = 1, row = 0;
    std::uint32_t serial = 1, salt = 0;
  };
  SegmentWriter(Filesystem& filesystem, std::string folder, const Start& start);

  /// Into the group; gives its sequence.
  std::uint64_t add(std::span<const std::span<const std::byte>> pieces, std::uint32_t rows,
                    std::int64_t appended_at);
  [[nodiscard]] const Group& group() const { return group_; }

  [[nodiscard]] bool has_segment() const { return file_ != nullptr; }
  /// Of the segment that is written now, or was last.
  [[nodiscard]] const SegmentName& segment() const { return name_; }
  /// Durable bytes of it.
  [[nodiscard]] std::uint64_t segment_size() const { return size_; }
  /// Begins one with the first record of the group. Nothing of it is durable yet.
  Status begin_segment();
  /// No more groups go to it.
  void end_segment() { file_.reset(); }
  /// Writes the group behind what is there, and syncs. ok: the group is durable; it is still to be
  /// seen, until next_group(). Not ok and has_segment(): the same segment may be tried again. Else
  /// it was given up, and what was durable in it stays.
  Status write_group();
  void next_group();

 private:
  Filesystem& filesystem_;
  std::string folder_;
  Group group_;
  SegmentName name_;
  std::uint32_t next_serial_;
  std::unique_ptr<File> file_;
  std::uint64_t size_ = 0;
  bool name_is_durable_ = false;
};

}  // namespace weir::core::delivery
