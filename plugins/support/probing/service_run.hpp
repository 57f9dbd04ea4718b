// SPDX-License-Identifier: Apache-2.0
// What the nodes that probe services do alike: start a thread, wait for it, pass its results on as
// rows, count.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <weir/node.hpp>

#include "service_thread.hpp"

namespace weir::probing {

/// `Rows` has empty() and build(). Not started, its stream ends at once.
template <class Result, class Rows>
class ServiceRun {
 public:
  using Row = typename ServiceLedger<Result>::Row;
  using Add = std::function<void(Rows&, const Row&)>;

  void start(const Context& context, std::unique_ptr<ServiceProber<Result>> prober,
             std::size_t targets, const Timing& timing, Add add) {
    context_ = &context;
    add_ = std::move(add);
    thread_ = std::make_unique<ServiceThread<Result>>(std::move(prober), targets, timing);
  }
  [[nodiscard]] Next produce(Output& output) {
    if (!thread_) return End{};
    emit(output);
    // Nothing happens without the thread saying so; the hour is only a limit.
    return Wait{context_->now() + std::chrono::hours(1), thread_->fd()};
  }
  void finish(Output& output) {
    if (!thread_) return;
    thread_->stop();
    emit(output);
  }

 private:
  void emit(Output& output) {
    std::uint64_t lost = 0;
    std::uint64_t late = 0;
    for (const Row& row : thread_->take()) {
      add_(rows_, row);
      const LossTally& loss = row.tally.loss;
      // A name without an address is a probe that was lost, too.
      lost += loss.lost() + row.tally.unsent;
      late += loss.late;
    }
    if (!rows_.empty()) output.emit(rows_.build());
    if (lost > 0) context_->count("lost_probes", lost);
    if (late > 0) context_->count("late_replies", late);
    const std::uint64_t dropped = thread_->dropped();
    if (dropped > counted_) context_->count("dropped_rows", dropped - counted_);
    counted_ = dropped;
  }

  const Context* context_ = nullptr;
  Add add_;
  Rows rows_;
  std::uint64_t counted_ = 0;
  std::unique_ptr<ServiceThread<Result>> thread_;
};

}  // namespace weir::probing
