// SPDX-License-Identifier: Apache-2.0
// Who is probed when, inside an interval. The interval has `count` rounds; in each round every
// target has its own slice and, inside it, a random moment that stays its own. So probes never
// burst, and the targets do not march in step (stratified random sampling).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "time.hpp"

namespace weir::probing {

class Pacer {
 public:
  Pacer(std::size_t targets, std::uint32_t count, std::uint64_t seed);

  /// Begins an interval; its probes are spread over its real length.
  void begin(Nanos start, Nanos length) { begin(start, length, count_); }
  /// With so many rounds instead of all.
  void begin(Nanos start, Nanos length, std::uint32_t rounds);
  [[nodiscard]] bool done() const { return cursor_ == total_; }
  /// When the next probe is due; not after done().
  [[nodiscard]] Nanos due() const;
  /// Whom the next probe goes to.
  [[nodiscard]] std::uint32_t target() const {
    return static_cast<std::uint32_t>(cursor_ % phases_.size());
  }
  /// Its last in this interval.
  [[nodiscard]] bool last() const { return cursor_ + phases_.size() >= total_; }
  void advance() { ++cursor_; }

 private:
  std::vector<float> phases_;  // of a round, ascending, in [0, 1)
  std::uint32_t count_;
  std::size_t total_;
  std::size_t cursor_;
  double rounds_;
  Nanos start_{};
  Nanos length_{};
};

}  // namespace weir::probing
