// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Runs a decoder over a text as file-source does.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "decoder.hpp"

namespace weir::rows {

struct Decoded {
  std::vector<Batch> batches;
  std::vector<Rejection> rejections;

  [[nodiscard]] std::size_t rows() const {
    std::size_t rows = 0;
    for (const Batch& batch : batches) rows += batch.rows();
    return rows;
  }
};

/// `piece`: bytes that are seen at a time at first; more where a record needs it.
inline Decoded decode(std::unique_ptr<Decoder> decoder, const std::string& text,
                      std::size_t piece = 1 << 20, std::size_t most = 8192) {
  Decoded out;
  const auto drain = [&] {
    if (decoder->ready() == 0) return;
    for (Batch& batch : decoder->build()) out.batches.push_back(std::move(batch));
  };
  std::size_t at = 0;
  std::size_t seen = std::min(piece, text.size());
  for (;;) {
    // A copy of exactly what may be read, so that sanitizers see every byte too many.
    std::vector<char> view(text.begin() + static_cast<std::ptrdiff_t>(at),
                           text.begin() + static_cast<std::ptrdiff_t>(seen));
    const std::size_t size = view.size();
    view.resize(size + Decoder::padding);
    const bool last = seen == text.size();
    const std::size_t used =
        decoder->take({view.data(), size}, last, most + decoder->rejections().size());
    at += used;
    drain();
    if (used > 0) continue;
    if (last) break;
    seen = std::min(seen + piece, text.size());
  }
  out.rejections = decoder->rejections().list();
  return out;
}

}  // namespace weir::rows
