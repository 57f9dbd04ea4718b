// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/segment_writer.hpp"

#include <utility>

namespace weir::core::delivery {

SegmentWriter::SegmentWriter(Filesystem& filesystem, std::string folder, const Start& start)
    : filesystem_(filesystem), folder_(std::move(folder)), next_serial_(start.serial) {
  name_.salt = start.salt;
  group_.first = group_.end = start.sequence;
  group_.first_row = group_.end_row = start.row;
}

std::uint64_t SegmentWriter::add(std::span<const std::span<const std::byte>> pieces,
                                 std::uint32_t rows, std::int64_t appended_at) {
  std::size_t length = 0;
  for (const auto piece : pieces) length += piece.size();
  if (group_.empty()) group_.first_appended_at = appended_at;
  const FrameHeader header{.length = static_cast<std::uint32_t>(length),
                           .rows = rows,
                           .sequence = group_.end,
                           .first_row = group_.end_row,
                           .appended_at = appended_at};
  append_frame(group_.frames, header, pieces, name_.salt);
  group_.end_row += rows;
  return group_.end++;
}

Status SegmentWriter::begin_segment() {
  SegmentName name{.first = group_.first,
                   .first_row = group_.first_row,
                   .serial = next_serial_++,
                   .salt = name_.salt};
  auto opened =
      filesystem_.open(folder_ + '/' + format_segment_name(name), Filesystem::Open::new_file);
  if (!opened.status.ok()) return opened.status;
  name_ = name;
  file_ = std::move(opened.value);
  size_ = 0;
  name_is_durable_ = false;
  return {};
}

Status SegmentWriter::write_group() {
  Status status = file_->write_at(size_, group_.frames);
  if (status.kind() == Status::Kind::no_room) {
    // What was written of it takes up room and is not needed; where it stays it is written over.
    (void)file_->truncate(size_);
    return status;
  }
  if (status.ok()) status = file_->sync_data();
  if (status.ok() && !name_is_durable_) status = filesystem_.sync_folder(folder_);
  if (!status.ok()) {
    file_.reset();
    return status;
  }
  name_is_durable_ = true;
  size_ += group_.frames.size();
  return {};
}

void SegmentWriter::next_group() {
  constexpr std::size_t kept = 4U << 20U;
  group_.first = group_.end;
  group_.first_row = group_.end_row;
  group_.frames.clear();
  if (group_.frames.capacity() > kept) group_.frames = std::vector<std::byte>();
}

}  // namespace weir::core::delivery
