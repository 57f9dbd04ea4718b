// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "fuzz_pipeline_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::core::config::fuzz_pipeline_text("fuzz.ini", {reinterpret_cast<const char*>(data), size});
  return 0;
}
