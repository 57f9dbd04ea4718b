// SPDX-License-Identifier: Apache-2.0
#include "fuzz_decoder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return weir::rows::fuzz_decoder(weir::rows::make_json_lines_decoder, data, size);
}
