// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How far the rows of a file are stored, over restarts.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::file_source {

/// The end of a stretch of rows that went on together.
struct Position {
  std::string file;
  std::uint64_t offset = 0;   ///< bytes from the beginning
  std::uint64_t line = 1;     ///< of what comes next
  std::uint64_t learned = 0;  ///< what stands before this offset told the types of columns

  bool operator==(const Position&) const = default;
};

/// Which positions are passed: a token for each, told back in any order.
class Progress {
 public:
  /// The token of rows that go on as `batches` batches, 1 or more.
  [[nodiscard]] std::uint64_t begin(Position end, std::size_t batches);
  void acknowledge(std::span<const std::uint64_t> tokens);
  /// Everything before it is stored; nullopt: nothing yet.
  [[nodiscard]] const std::optional<Position>& stored() const { return stored_; }
  void restore(Position position) { stored_ = std::move(position); }

 private:
  struct Open {
    Position end;
    std::size_t batches;
  };
  std::deque<Open> open_;    // in the order of the file
  std::uint64_t first_ = 1;  // token of the front
  std::optional<Position> stored_;
};

/// A position and what the file held before it, as bytes. Throws Error if the file cannot be read.
[[nodiscard]] std::string save(const Position& position);
/// Throws Error for bytes that are damaged, and for a file that is not the one that was read: gone,
/// shorter, or with other contents at its beginning or before the position.
[[nodiscard]] Position load_position(std::string_view bytes);

}  // namespace weir::file_source
