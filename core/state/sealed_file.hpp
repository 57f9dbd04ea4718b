// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The frame that files of nodes and of models share: 8 bytes magic, 4 bytes format version, the
/// content, 4 bytes CRC-32C of all before. Numbers are little-endian.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace weir::core {

static_assert(std::endian::native == std::endian::little);

struct SealedFormat {
  std::string_view magic;  ///< 8 bytes
  std::uint32_t version = 1;
  std::string_view subject;  ///< begins each error: "the model file "; may be empty
  std::string_view name;     ///< "a model file"
};

class SealedWriter {
 public:
  explicit SealedWriter(const SealedFormat& format);
  template <class Number>
  void number(Number value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    bytes_.append(bytes, sizeof value);
  }
  void bytes(std::string_view piece) { bytes_ += piece; }
  /// With its checksum. The writer is spent.
  [[nodiscard]] std::string seal();

 private:
  std::string bytes_;
};

/// Takes pieces off the front. Every function throws Error in one line rather than read what is not
/// there.
class SealedReader {
 public:
  /// Checks magic, version and checksum.
  SealedReader(std::string_view file, const SealedFormat& format);
  [[nodiscard]] std::string_view bytes(std::uint64_t count);
  template <class Number>
  [[nodiscard]] Number number() {
    Number value{};
    std::memcpy(&value, bytes(sizeof value).data(), sizeof value);
    return value;
  }
  /// Nothing must be left.
  void end() const;

 private:
  [[noreturn]] void damaged(const char* how) const;

  std::string_view subject_;
  std::string_view rest_;
};

}  // namespace weir::core
