// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Values one after the other in a message, in the machine's own byte order: both ends run on it.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/isolation/protocol.hpp"
#include "weir/error.hpp"

namespace weir::core::isolation {

class Writer {
 public:
  Writer() = default;
  /// Goes on behind `head`, with room for about `more` bytes.
  Writer(Bytes head, std::size_t more) : bytes_(std::move(head)) {
    bytes_.reserve(bytes_.size() + more + 4096);
  }
  template <class Value>
  requires std::is_arithmetic_v<Value>
  void put(Value value) { append(&value, sizeof value); }
  void put_text(std::string_view text) {
    put(std::uint64_t{text.size()});
    append(text.data(), text.size());
  }
  void put_count(std::size_t count) { put(std::uint64_t{count}); }
  /// As Reader::pass, so that one list of members serves both ways.
  template <class... Values>
  void pass(const Values&... values) {
    (put(values), ...);
  }
  template <class Value>
  requires std::is_arithmetic_v<Value>
  void put_array(const Value* values, std::size_t count) {
    if (count > 0) append(values, count * sizeof(Value));
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  void append(const void* from, std::size_t size) {
    const auto* begin = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), begin, begin + size);
  }
  Bytes bytes_;
};

/// Every get throws Error in one line where the bytes are too few.
class Reader {
 public:
  explicit Reader(View bytes) : bytes_(bytes) {}

  template <class Value>
  [[nodiscard]] Value get() {
    Value value{};
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }
  template <class... Values>
  void pass(Values&... values) {
    ((values = get<Values>()), ...);
  }
  [[nodiscard]] std::string text() {
    const std::size_t size = count(1);
    return {reinterpret_cast<const char*>(take(size)), size};
  }
  /// How many entries follow, each of at least `least` bytes.
  [[nodiscard]] std::size_t count(std::size_t least) {
    const auto number = get<std::uint64_t>();
    if (number > bytes_.size() / least) short_of(number);
    return static_cast<std::size_t>(number);
  }
  /// `count` values where they lie; what comes before them are multiples of their size.
  template <class Value>
  requires std::is_arithmetic_v<Value>
  [[nodiscard]] std::span<const Value> array(std::uint64_t count) {
    if (count > bytes_.size() / sizeof(Value)) short_of(count);
    const auto size = static_cast<std::size_t>(count);
    const std::byte* at = take(size * sizeof(Value));
    if (reinterpret_cast<std::uintptr_t>(at) % alignof(Value) != 0)
      throw Error("malformed message: an array does not lie at its place");
    return {reinterpret_cast<const Value*>(at), size};
  }
  [[nodiscard]] bool boolean() {
    const auto value = get<std::uint8_t>();
    if (value > 1) throw Error("malformed message: a flag is neither 0 nor 1");
    return value == 1;
  }
  void end() const {
    if (!bytes_.empty())
      throw Error("malformed message: " + std::to_string(bytes_.size()) + " bytes are left over");
  }

 private:
  [[noreturn]] void short_of(std::uint64_t needed) const {
    throw Error("malformed message: " + std::to_string(needed) + " are needed, " +
                std::to_string(bytes_.size()) + " bytes are left");
  }
  [[nodiscard]] const std::byte* take(std::size_t size) {
    if (size > bytes_.size()) short_of(size);
    const std::byte* at = bytes_.data();
    bytes_ = bytes_.subspan(size);
    return at;
  }
  View bytes_;
};

}  // namespace weir::core::isolation
