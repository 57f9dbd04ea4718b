// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The fast path of JSON lines: one program writes a file, so that line after line has the same
/// keys in the same order with the same blanks. A layout knows the bytes between the values of such
/// a line and reads the values where they must stand. It takes only lines that are valid JSON
/// beyond doubt; all others (escapes, exponents, other keys) are left to the general reader.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "row_builder.hpp"

namespace weir::rows {

class JsonLayout {
 public:
  enum class Kind : std::uint8_t {
    time_text,
    time_number,
    float64,
    int64,
    boolean,
    text,
    number_text,
    skipped
  };

  /// Longest stretch between two values.
  static constexpr std::size_t most_between = 64;

  [[nodiscard]] bool empty() const { return slots_.empty(); }
  /// Begins a new layout; `columns` of the builder that no slot fills will be null.
  void reset() {
    slots_.clear();
    others_.clear();
  }
  /// The next value of the line: `before` are the bytes between the value before and this one.
  /// False: no layout can be made of such a line.
  bool add(std::string_view before, std::size_t column, Kind kind);
  /// The bytes behind the last value, up to and with the line end.
  bool finish(std::string_view after, const RowBuilder& builder);

  /// Reads the line at `at` into the builder and returns its end, behind the line end; nullptr: the
  /// line is not of this layout, and the builder is as before. A line end must follow somewhere,
  /// and 64 readable bytes behind it. The text must be valid UTF-8.
  const char* read(const char* at, RowBuilder& builder) const;

 private:
  struct Bytes {
    std::array<std::uint64_t, most_between / 8> words{};
    std::array<std::uint64_t, most_between / 8> masks{};
    std::size_t size = 0;
    bool assign(std::string_view text);
    [[nodiscard]] bool match(const char* at) const;
  };
  struct Slot {
    Bytes before;
    std::size_t column = 0;
    Kind kind = Kind::skipped;
  };

  static const char* read_value(const char* at, const Slot& slot, RowBuilder& builder);

  std::vector<Slot> slots_;
  std::vector<std::size_t> others_;
  Bytes after_;
};

}  // namespace weir::rows
