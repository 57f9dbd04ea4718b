// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Up to where a spool was delivered, kept in two slots that are written in turn: a write that is
/// cut short damages the older one only.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/delivery/filesystem.hpp"

namespace weir::core::delivery {

struct Position {
  /// The lowest record that is not acknowledged, and its row number.
  std::uint64_t next = 1, next_row = 0;
  /// Past the last record that was durable when this was written: what is missing before it was
  /// lost.
  std::uint64_t end = 1, end_row = 0;

  bool operator==(const Position&) const = default;
};

struct PositionSlot {
  Position position;
  /// Counts up; the higher one is newer.
  std::uint64_t generation = 0;
};

inline constexpr std::size_t position_slot_size = 56;
/// Slots lie in different pages, so that no sector holds both.
inline constexpr std::size_t position_slot_distance = 4096;

[[nodiscard]] std::array<std::byte, position_slot_size> format_position(const PositionSlot& slot);
[[nodiscard]] std::optional<PositionSlot> parse_position(std::span<const std::byte> bytes);

/// The file `position` of a folder. One thread at a time.
class PositionFile {
 public:
  struct Loaded {
    std::optional<Position> position;
    /// A slot was written and cannot be read any more: `position` may be the older one.
    bool damaged = false;
  };

  PositionFile(Filesystem& filesystem, std::string folder);

  /// Call once, before store. `exists`: the folder has the file.
  Result<Loaded> load(bool exists);
  /// After a load that gave a position. Writes it once more and syncs: only the system's memory may
  /// have held it, and a sync of it may have failed before. Until it is ok nothing may be removed
  /// because of it.
  Status confirm();
  /// Durable when it returns ok: in place where the file is trusted, else as a new file that takes
  /// its name.
  Status store(const Position& position);

 private:
  Status store_in_place(const PositionSlot& slot);
  Status store_new(const PositionSlot& slot);

  Filesystem& filesystem_;
  std::string folder_;
  std::uint64_t generation_ = 0;
  PositionSlot loaded_;
  /// What was loaded may be in the system's memory alone.
  bool unconfirmed_ = false;
  /// Null: there is none, or a sync of it failed.
  std::unique_ptr<File> file_;
};

/// The names in a spool's folder that are no segments.
inline constexpr const char* position_name = "position";
inline constexpr const char* new_position_name = "position.new";

}  // namespace weir::core::delivery
