// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The bytes of a model or of a node's state: magic, version, what the model puts there, CRC-32 of
/// all before. All little-endian. Nothing is believed before the checksum is right, and no size
/// before it is checked against the bytes that are left.

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir::model_parts {

class BytesWriter {
 public:
  /// `magic`: 8 characters that no other model begins with.
  BytesWriter(std::string_view magic, std::uint32_t version);

  template <class T>
  void put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof raw);
  }
  void put_size(std::size_t size) { put(static_cast<std::uint64_t>(size)); }
  /// Size and contents.
  void put_text(std::string_view text);
  template <class T>
  void put_list(std::span<const T> values) {
    put_size(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  template <class T>
  void put_list(const std::vector<T>& values) {
    put_list(std::span<const T>(values));
  }
  /// All of it with the checksum; the writer is empty afterwards.
  [[nodiscard]] std::string seal();

 private:
  std::string bytes_;
};

/// Every take throws Error, in one sentence, where the bytes end too early or hold what cannot be.
class BytesReader {
 public:
  /// Checks magic, version and checksum. `owner`: "the ridge-model", for the sentence, which ends
  /// with `advice`.
  BytesReader(std::string_view bytes, std::string_view magic, std::uint32_t version,
              std::string owner, std::string advice = "; train the model again");

  template <class T>
  [[nodiscard]] T take() {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    std::memcpy(&value, take_raw(sizeof value).data(), sizeof value);
    if constexpr (std::is_floating_point_v<T>) {
      if (!(value - value == 0)) refuse("hold a number that is not finite");
    }
    return value;
  }
  /// At most `most`.
  [[nodiscard]] std::size_t take_size(std::size_t most);
  [[nodiscard]] std::string_view take_text();
  /// Numbers must be finite.
  template <class T>
  [[nodiscard]] std::vector<T> take_list() {
    const std::size_t size = take_size(left_.size() / sizeof(T));
    std::vector<T> values;
    values.reserve(size);
    for (std::size_t i = 0; i < size; ++i) values.push_back(take<T>());
    return values;
  }
  template <class T>
  [[nodiscard]] std::vector<T> take_list(std::size_t wanted) {
    std::vector<T> values = take_list<T>();
    if (values.size() != wanted) refuse("contradict themselves about a size");
    return values;
  }
  /// Everything must have been taken.
  void end() const;
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  [[nodiscard]] std::string_view take_raw(std::size_t size);

  std::string owner_;
  std::string advice_;
  std::string_view left_;
};

}  // namespace weir::model_parts
