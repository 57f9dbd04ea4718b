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

#include "core/state/sealed_file.hpp"

namespace weir::core {
namespace {

constexpr SealedFormat format{
    .magic = "WEIRSTAT", .version = 1, .subject = "", .name = "state file"};

}  // namespace

std::string encode(const StateFile& file) {
  SealedWriter out(format);
  out.number(file.state.version);
  out.number(static_cast<std::int64_t>(file.saved.time_since_epoch().count()));
  out.number(static_cast<std::uint32_t>(file.plugin.size()));
  out.bytes(file.plugin);
  out.number(static_cast<std::uint64_t>(file.state.bytes.size()));
  out.bytes(file.state.bytes);
  return out.seal();
}

StateFile decode_state_file(std::string_view bytes) {
  SealedReader reader(bytes, format);
  StateFile file;
  file.state.version = reader.number<std::uint32_t>();
  file.saved = Timestamp{Duration{reader.number<std::int64_t>()}};
  file.plugin = reader.bytes(reader.number<std::uint32_t>());
  file.state.bytes = reader.bytes(reader.number<std::uint64_t>());
  reader.end();
  return file;
}

}  // namespace weir::core
