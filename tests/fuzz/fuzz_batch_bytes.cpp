// SPDX-License-Identifier: Apache-2.0
// Bytes that are taken for a batch: refused, or a batch that can be read and stored again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/plugin/batch_check.hpp"
#include "core/wire/batch_bytes.hpp"
#include "weir/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  Batch batch;
  try {
    batch = core::decode({reinterpret_cast<const std::byte*>(data), size});
  } catch (const Error&) {
    return 0;
  }
  try {
    core::check_values(batch);
  } catch (const Error&) {  // NaN, text that is no UTF-8: for the caller to refuse
  }
  const auto again = core::encode(batch);
  if (core::encode(core::decode(again)) != again) std::abort();
  return 0;
}
