// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/position.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/delivery/little_endian.hpp"
#include "core/wire/crc32c.hpp"

namespace weir::core::delivery {
namespace {

constexpr std::uint32_t magic = 0x31535057;  // "WPS1"
constexpr std::size_t at_sum = 4, at_generation = 8, at_next = 16, at_next_row = 24, at_end = 32,
                      at_end_row = 40, at_reserved = 48;

std::uint64_t offset_of(std::uint64_t generation) {
  return generation % 2 * position_slot_distance;
}

/// Tried again: to take a passing failure for damage would give the older position.
bool read_slot(File& file, std::uint64_t slot, std::span<std::byte> into) {
  for (int tries = 0; tries < 3; ++tries) {
    const auto got = file.read_at(offset_of(slot), into);
    if (got.status.ok()) return got.value == into.size();
  }
  return false;
}

bool is_blank(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{}; });
}

}  // namespace

std::array<std::byte, position_slot_size> format_position(const PositionSlot& slot) {
  std::array<std::byte, position_slot_size> bytes{};
  put(bytes, 0, magic);
  put(bytes, at_generation, slot.generation);
  put(bytes, at_next, slot.position.next);
  put(bytes, at_next_row, slot.position.next_row);
  put(bytes, at_end, slot.position.end);
  put(bytes, at_end_row, slot.position.end_row);
  put(bytes, at_reserved, std::uint64_t{0});
  put(bytes, at_sum, crc32c(magic, std::span<const std::byte>(bytes).subspan(at_generation)));
  return bytes;
}

std::optional<PositionSlot> parse_position(std::span<const std::byte> bytes) {
  if (bytes.size() < position_slot_size || get<std::uint32_t>(bytes, 0) != magic) {
    return std::nullopt;
  }
  const auto summed = bytes.first(position_slot_size).subspan(at_generation);
  if (get<std::uint32_t>(bytes, at_sum) != crc32c(magic, summed)) return std::nullopt;
  PositionSlot slot;
  slot.generation = get<std::uint64_t>(bytes, at_generation);
  slot.position = {.next = get<std::uint64_t>(bytes, at_next),
                   .next_row = get<std::uint64_t>(bytes, at_next_row),
                   .end = get<std::uint64_t>(bytes, at_end),
                   .end_row = get<std::uint64_t>(bytes, at_end_row)};
  const Position& p = slot.position;
  if (p.next == 0 || p.end < p.next || p.end_row < p.next_row) return std::nullopt;
  return slot;
}

PositionFile::PositionFile(Filesystem& filesystem, std::string folder)
    : filesystem_(filesystem), folder_(std::move(folder)) {}

Result<PositionFile::Loaded> PositionFile::load(bool exists) {
  Loaded loaded;
  if (!exists) return {{}, loaded};
  auto opened = filesystem_.open(folder_ + '/' + position_name, Filesystem::Open::to_write);
  if (!opened.status.ok()) return {opened.status, loaded};
  for (const std::uint64_t slot_number : {0U, 1U}) {
    std::array<std::byte, position_slot_size> bytes{};
    const bool whole = read_slot(*opened.value, slot_number, bytes);
    const auto slot = parse_position(bytes);
    if (!whole || (!slot && !is_blank(bytes))) loaded.damaged = true;
    if (!whole || !slot || slot->generation % 2 != slot_number) continue;
    if (loaded.position && slot->generation < generation_) continue;
    loaded.position = slot->position;
    generation_ = slot->generation;
    loaded_ = *slot;
    unconfirmed_ = true;
  }
  // A file without a slot to stand on is replaced whole.
  if (loaded.position) file_ = std::move(opened.value);
  return {{}, loaded};
}

Status PositionFile::confirm() {
  Status status = store_in_place(loaded_);
  if (status.ok()) unconfirmed_ = false;
  return status;
}

Status PositionFile::store(const Position& position) {
  // Until then either slot may be the only one that is durable: none may be written over.
  if (file_ && unconfirmed_) {
    Status status = confirm();
    if (!status.ok()) return status;
  }
  const PositionSlot slot{.position = position, .generation = generation_ + 1};
  Status status = file_ ? store_in_place(slot) : store_new(slot);
  if (status.ok()) generation_ = slot.generation;
  return status;
}

Status PositionFile::store_in_place(const PositionSlot& slot) {
  Status status = file_->write_at(offset_of(slot.generation), format_position(slot));
  if (status.kind() == Status::Kind::no_room) return status;  // the same slot once more
  if (status.ok()) status = file_->sync_data();
  if (!status.ok()) file_.reset();
  return status;
}

Status PositionFile::store_new(const PositionSlot& slot) {
  const std::string path = folder_ + '/' + new_position_name;
  (void)filesystem_.remove(path);  // left by an attempt that failed; usually there is none
  auto opened = filesystem_.open(path, Filesystem::Open::new_file);
  if (!opened.status.ok()) return opened.status;
  std::vector<std::byte> bytes(2 * position_slot_distance);
  const auto formatted = format_position(slot);
  std::copy(formatted.begin(), formatted.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(offset_of(slot.generation)));
  Status status = opened.value->write_at(0, bytes);
  if (status.ok()) status = opened.value->sync_data();
  if (status.ok()) status = filesystem_.rename(path, folder_ + '/' + position_name);
  if (status.ok()) status = filesystem_.sync_folder(folder_);
  if (status.ok()) file_ = std::move(opened.value);
  return status;
}

}  // namespace weir::core::delivery
