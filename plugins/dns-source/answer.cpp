// SPDX-License-Identifier: Apache-2.0
#include "answer.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace weir::dns_source {
namespace {

constexpr std::size_t header_size = 12;

// Reads forward; a read past the end marks it as broken and gives zeros.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool broken() const { return broken_; }
  std::uint32_t number(std::size_t size) {
    const std::size_t begin = at_;
    skip(size);
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size && !broken_; ++i) value = value << 8 | bytes_[begin + i];
    return value;
  }
  void skip(std::size_t size) {
    if (size > bytes_.size() - at_) {
      broken_ = true;
      return;
    }
    at_ += size;
  }
  // A pointer (RFC 1035 §4.1.4) ends a name, so that none need be followed.
  void skip_name() {
    while (!broken_) {
      const std::uint32_t length = number(1);
      if (length == 0) return;
      if (length >= 0xc0) return skip(1);
      if (length >= 0x40) broken_ = true;
      skip(length);
    }
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

}  // namespace

std::optional<Answer> read_answer(std::span<const std::uint8_t> message, Record asked) {
  if (message.size() < header_size) return std::nullopt;
  Reader reader(message);
  reader.skip(2);
  const std::uint32_t flags = reader.number(2);
  const std::uint32_t questions = reader.number(2);
  const std::uint32_t records = reader.number(2);
  reader.skip(4);
  for (std::uint32_t i = 0; i < questions && !reader.broken(); ++i) {
    reader.skip_name();
    reader.skip(4);
  }
  Answer answer{.rcode = static_cast<int>(flags & 0x0fU), .answers = 0, .ttl_s = std::nullopt};
  for (std::uint32_t i = 0; i < records && !reader.broken(); ++i) {
    reader.skip_name();
    const std::uint32_t type = reader.number(2);
    reader.skip(2);
    // One with its highest bit set counts as 0 (RFC 2181 §8).
    const std::uint32_t ttl = reader.number(4);
    const std::int64_t seconds = ttl > 0x7fffffff ? 0 : std::int64_t{ttl};
    reader.skip(reader.number(2));
    if (type == static_cast<std::uint32_t>(asked)) ++answer.answers;
    answer.ttl_s = std::min(answer.ttl_s.value_or(seconds), seconds);
  }
  if (reader.broken()) return std::nullopt;
  return answer;
}

std::string rcode_text(int rcode) {
  static constexpr std::array<std::string_view, 11> names{
      "NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
      "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE"};
  const auto index = static_cast<std::size_t>(rcode);
  return index < names.size() ? std::string(names[index]) : "RCODE" + std::to_string(rcode);
}

}  // namespace weir::dns_source
