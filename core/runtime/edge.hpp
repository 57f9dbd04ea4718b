// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A bounded queue between two nodes, counted in bytes.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>

#include "core/runtime/parcel.hpp"
#include "weir/units.hpp"

namespace weir::core::runtime {

/// Behind the queue stands an outbox: what one call of the producer gave that did not fit yet. The
/// producer is not called again while it holds anything, so it is bounded by one call's output.
/// Not thread-safe: the engine's lock guards it.
class Edge {
 public:
  struct Ends {
    std::size_t producer = 0;
    std::uint32_t port = 0;
    std::size_t consumer = 0;
    std::uint32_t input = 0;
    std::string name;  ///< "uplink.out -> grid"
  };
  struct Policy {
    std::size_t capacity = 0;
    bool drop_oldest = false;  ///< else full means wait
    bool live_fed = false;     ///< a live source stands somewhere upstream
  };

  Edge(Ends ends, Policy policy) : ends_(std::move(ends)), policy_(policy) {}

  [[nodiscard]] const Ends& ends() const { return ends_; }
  [[nodiscard]] bool live_fed() const { return policy_.live_fed; }
  [[nodiscard]] std::size_t capacity() const { return policy_.capacity; }

  /// Takes a parcel, always. Returns the rows that were dropped to make room for it.
  /// `arrival` orders parcels over all edges, `now` is monotonic.
  std::size_t offer(Parcel parcel, std::uint64_t arrival, Duration now);
  /// Moves what fits from the outbox to the queue. One parcel always fits into an empty queue.
  void settle();
  /// The producer is not to be called.
  [[nodiscard]] bool holds_up() const {
    return !outbox_.empty() || (!policy_.drop_oldest && bytes_ >= policy_.capacity);
  }

  /// From now on full means wait.
  void keep_all() { policy_.drop_oldest = false; }

  [[nodiscard]] bool empty() const { return queue_.empty(); }
  [[nodiscard]] std::uint64_t arrival() const { return queue_.front().arrival; }
  /// The oldest parcel; what waits in the outbox moves up.
  Parcel take();
  /// Largest event time that the consumer has taken.
  [[nodiscard]] std::int64_t watermark() const { return watermark_; }
  [[nodiscard]] Duration last_arrival() const { return last_arrival_; }
  /// From when on the edge counts as idle.
  void start(Duration now) { last_arrival_ = now; }

  /// The producer will give no more.
  void end() { ended_ = true; }
  /// Nothing is left and nothing will come.
  [[nodiscard]] bool exhausted() const { return ended_ && queue_.empty() && outbox_.empty(); }
  /// The consumer is gone: from now on all is counted and thrown away.
  void discard() { discarding_ = true; }

  /// Takes all that waits in the same edge of a graph before this one. `ended`: its producer has,
  /// `gone`: its consumer is.
  void take_over(Edge& old, bool ended, bool gone);

  /// The bytes that the queue must be able to hold for the producer to go on.
  [[nodiscard]] std::size_t wanted() const;
  void grow(std::size_t capacity);

  [[nodiscard]] std::size_t bytes() const { return bytes_ + outbox_bytes_; }
  [[nodiscard]] std::size_t queued_bytes() const { return bytes_; }
  [[nodiscard]] std::size_t peak_bytes() const { return peak_; }
  [[nodiscard]] std::size_t batches() const { return queue_.size() + outbox_.size(); }
  /// Waiting rows that nobody can give again.
  [[nodiscard]] std::size_t rows_at_risk() const;
  [[nodiscard]] std::uint64_t dropped_rows() const { return dropped_; }
  [[nodiscard]] std::uint64_t discarded_rows() const { return discarded_; }

 private:
  struct Waiting {
    Parcel parcel;
    std::uint64_t arrival = 0;
  };
  void push(Waiting waiting);

  Ends ends_;
  Policy policy_;
  std::deque<Waiting> queue_;
  std::deque<Waiting> outbox_;
  std::size_t bytes_ = 0;
  std::size_t outbox_bytes_ = 0;
  std::size_t peak_ = 0;
  std::int64_t watermark_ = std::numeric_limits<std::int64_t>::min();
  Duration last_arrival_{0};
  bool ended_ = false;
  bool discarding_ = false;
  std::uint64_t dropped_ = 0;
  std::uint64_t discarded_ = 0;
};

}  // namespace weir::core::runtime
