// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Looks at rows as they leave nodes, and never makes anybody wait for it.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/runtime/parcel.hpp"

namespace weir::core::runtime {

/// What leaves some ports, in a queue that drops what does not fit. Any thread.
class Tap {
 public:
  struct Place {
    std::string node;
    std::uint32_t port = 0;
  };

  explicit Tap(std::vector<Place> places) : places_(std::move(places)) {}

  /// Everything that has come since the last call.
  [[nodiscard]] std::vector<Batch> take();
  /// Rows that came while the queue was full.
  [[nodiscard]] std::uint64_t dropped_rows() const;

  /// Of the queue, whichever is reached first: what lies in it is held in memory.
  static constexpr std::size_t most_batches = 1024;
  static constexpr std::size_t most_bytes = std::size_t{4} << 20U;

 private:
  friend class Taps;
  void offer(std::string_view node, std::uint32_t port, const Parcel& parcel);

  const std::vector<Place> places_;
  mutable std::mutex mutex_;
  std::deque<Batch> queue_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_rows_ = 0;
};

/// All taps of a run. Without one, a batch that passes costs the look at one number.
class Taps {
 public:
  /// The tap lives as long as its owner holds it.
  void add(const std::shared_ptr<Tap>& tap);

  /// The engine, under its lock: shares the batch, copies no row, waits for nobody but a reader
  /// that is just taking its queue.
  void offer(std::string_view node, std::uint32_t port, const Parcel& parcel) {
    if (count_.load(std::memory_order_relaxed) != 0) offer_to_all(node, port, parcel);
  }

 private:
  void offer_to_all(std::string_view node, std::uint32_t port, const Parcel& parcel);

  std::atomic<std::size_t> count_{0};
  std::mutex mutex_;
  std::vector<std::weak_ptr<Tap>> taps_;
};

}  // namespace weir::core::runtime
