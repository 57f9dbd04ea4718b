// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Time, handed in, so that a test can run a day in a second.

#include <atomic>
#include <cstdint>

#include "weir/units.hpp"

namespace weir::core::runtime {

/// All functions from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// UTC; may be set forward or back by the machine's keeper.
  [[nodiscard]] virtual Timestamp now() const = 0;
  /// Never goes back; for differences and for every deadline of the engine.
  [[nodiscard]] virtual Duration monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] Duration monotonic() const override;
};

/// Stands still until it is moved.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Timestamp start) : start_(start) {}
  [[nodiscard]] Timestamp now() const override { return start_ + monotonic(); }
  [[nodiscard]] Duration monotonic() const override { return Duration{elapsed_.load()}; }
  /// A time that has passed already changes nothing.
  void advance_to(Duration monotonic);

 private:
  Timestamp start_;
  std::atomic<std::int64_t> elapsed_{0};
};

}  // namespace weir::core::runtime
