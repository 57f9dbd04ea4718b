// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Reads the frames of a segment one by one and passes over what is damaged.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/delivery/filesystem.hpp"
#include "core/delivery/frame.hpp"

namespace weir::core::delivery {

struct Frame {
  FrameHeader header;
  /// Empty where the payload was not asked for.
  std::vector<std::byte> payload;
};

/// One thread. Holds one payload at most.
class SegmentReader {
 public:
  SegmentReader(std::unique_ptr<File> file, std::uint32_t salt);

  /// The next frame that lies before `limit` bytes; none when there is no more. Payloads of
  /// sequence `payload_from` and later are read and checked; of earlier ones the header is enough,
  /// and they come without payload. `failed`: a place could not be read; what cannot be read at the
  /// third call counts as damaged.
  Result<std::optional<Frame>> next(std::uint64_t limit, std::uint64_t payload_from);

 private:
  std::optional<Frame> frame_here(std::uint64_t limit, std::uint64_t payload_from);
  void find_next_header(std::uint64_t limit);
  void read(std::uint64_t offset, std::span<std::byte> into);
  void read_pages(std::uint64_t offset, std::span<std::byte> into);

  std::unique_ptr<File> file_;
  std::uint32_t salt_;
  std::uint64_t offset_ = 0;
  /// Of this call to next.
  Status trouble_;
  int failed_calls_ = 0;
};

}  // namespace weir::core::delivery
