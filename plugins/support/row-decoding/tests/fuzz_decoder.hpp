// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Whatever the text: no crash, no endless loop, every batch well formed, and no line lost.

#include <cstdint>
#include <cstdlib>
#include <weir/error.hpp>

#include "decode.hpp"

namespace weir::rows {

template <class Make>
int fuzz_decoder(Make make, const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const std::size_t piece : {std::size_t{1} << 20U, std::size_t{17}}) {
    RowFormat format;
    format.measurement = "m";
    format.learn_rows = 2;
    try {
      const Decoded got = decode(make(format), text, piece, 4);
      for (const Batch& batch : got.batches) {
        if (batch.empty() || batch.rows() > size) std::abort();
      }
    } catch (const Fatal&) {
      continue;  // a header that cannot be meant
    }
  }
  return 0;
}

}  // namespace weir::rows
