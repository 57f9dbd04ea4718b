// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

namespace weir::influx_sink {

/// Compresses request bodies, level 1: half of zlib's cost at the same size.
class Gzip {
 public:
  Gzip();
  Gzip(Gzip&&) noexcept;
  Gzip& operator=(Gzip&&) noexcept;
  ~Gzip();

  /// Lives until the next call.
  [[nodiscard]] std::string_view compress(std::string_view text);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace weir::influx_sink
