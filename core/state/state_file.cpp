// SPDX-License-Identifier: Apache-2.0
// The bytes of a state file:
//   8 bytes  "WEIRSTAT"
//   4 bytes  format version, 1
//   4 bytes  version of the node's own bytes
//   8 bytes  when it was saved, ns since 1970
//   4 bytes  length of the plugin's name, then the name
//   8 bytes  length of the node's bytes, then these
//   4 bytes  CRC-32C of all before
// Numbers are little-endian.
#include "core/state/state_file.hpp"

#include <bit>
#include <cstring>

#include "core/state/checksum.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic = "WEIRSTAT";
constexpr std::uint32_t format_version = 1;

template <class Number>
void append(std::string& out, Number value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

/// Takes pieces off the front and refuses to read beyond the end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size()) throw Error("is damaged: it ends too early");
    const std::string_view piece = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return piece;
  }
  template <class Number>
  Number number() {
    Number value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

}  // namespace

std::string encode(const StateFile& file) {
  std::string out(magic);
  append(out, format_version);
  append(out, file.state.version);
  append(out, static_cast<std::int64_t>(file.saved.time_since_epoch().count()));
  append(out, static_cast<std::uint32_t>(file.plugin.size()));
  out += file.plugin;
  append(out, static_cast<std::uint64_t>(file.state.bytes.size()));
  out += file.state.bytes;
  append(out, crc32c(out));
  return out;
}

StateFile decode_state_file(std::string_view bytes) {
  if (!bytes.starts_with(magic)) throw Error("is no state file of Weir");
  Reader reader(bytes);
  reader.take(magic.size());
  const auto format = reader.number<std::uint32_t>();
  if (format != format_version) {
    throw Error("has format " + std::to_string(format) + ", this program reads format " +
                std::to_string(format_version));
  }
  constexpr std::size_t sum_size = sizeof(std::uint32_t);
  const std::string_view sealed = bytes.substr(0, bytes.size() - sum_size);
  std::uint32_t sum = 0;
  std::memcpy(&sum, bytes.data() + sealed.size(), sum_size);
  if (sum != crc32c(sealed)) throw Error("is damaged: its checksum does not fit");
  StateFile file;
  file.state.version = reader.number<std::uint32_t>();
  file.saved = Timestamp{Duration{reader.number<std::int64_t>()}};
  file.plugin = reader.take(reader.number<std::uint32_t>());
  file.state.bytes = reader.take(reader.number<std::uint64_t>());
  reader.take(sum_size);
  if (!reader.empty()) throw Error("is damaged: it goes on after its end");
  return file;
}

}  // namespace weir::core
