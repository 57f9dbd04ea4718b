// SPDX-License-Identifier: Apache-2.0
// Model files. Every input is also read with a right frame round it (magic, version, length,
// checksum), or a fuzzer would never see what stands behind the checksum.
#include <boost/crc.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/forecast/forecaster.hpp"
#include "weir/error.hpp"

namespace {

void read(std::string_view bytes) {
  try {
    const weir::core::Forecaster forecaster(
        bytes, []() -> std::unique_ptr<weir::core::ModelInstance> {
          throw weir::Error("no model stands behind this fuzzer");
        });
  } catch (const weir::Error&) {
  }
}

template <class Number>
void append(std::string& out, Number value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

std::string framed(std::string_view head) {
  std::string out = "WEIRMODL";
  append(out, std::uint32_t{2});
  append(out, static_cast<std::uint32_t>(head.size()));
  out += head;
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(out.data(), out.size());
  append(out, static_cast<std::uint32_t>(crc.checksum()));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read(framed(bytes));
  return 0;
}
