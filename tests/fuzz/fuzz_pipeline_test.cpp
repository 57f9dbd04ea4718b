// SPDX-License-Identifier: Apache-2.0
// Test files of pipelines (`weir test`).
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/pipelinetest/test_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::core::config::Problems problems;
  const auto tests = weir::core::pipelinetest::read_test_file(
      "fuzz.test.yaml", {reinterpret_cast<const char*>(data), size}, problems);
  if (tests.empty() && !problems.has_errors()) __builtin_trap();
  for (const auto& test : tests) (void)test.clock_start();
  (void)problems.render(true);
  return 0;
}
