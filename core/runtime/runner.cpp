// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/runner.hpp"

#include <utility>

#include "core/runtime/engine.hpp"
#include "core/runtime/thread_executor.hpp"

namespace weir::core::runtime {

Runner::Runner(Graph graph, Factory factory, RunOptions options) : options_(std::move(options)) {
  if (options_.clock == nullptr) options_.clock = std::make_shared<SystemClock>();
  if (options_.executor == nullptr) options_.executor = std::make_shared<ThreadExecutor>();
  executor_ = options_.executor;
  engine_ = std::make_shared<Engine>(std::move(graph), std::move(factory), options_);
  world_ = engine_->shared_world();
}

Runner::~Runner() = default;

std::shared_ptr<Engine> Runner::engine() const {
  const std::lock_guard lock(mutex_);
  return engine_;
}

RunResult Runner::run() {
  if (engine()->start()) {
    do executor_->run(engine());
    while (reload());
  }
  return engine()->result();
}

/// After a pause; false where the run is over.
bool Runner::reload() {
  const std::shared_ptr<Engine> old = engine();
  Wish wish;
  {
    const std::lock_guard lock(mutex_);
    const auto running = old->lock();
    if (!old->paused() || old->forced()) return false;
    wish = std::move(*wish_);
    wish_.reset();
    if (old->ending()) {
      old->go_on("the run is ending: the pipeline stays as it is");
      return true;
    }
    coming_ = wish.graph;
  }
  const GraphChange change = compare(old->graph(), wish.graph);
  auto next =
      std::make_shared<Engine>(std::move(wish.graph), std::move(wish.factory), options_, world_);
  next->replace(*old, change);
  const std::lock_guard lock(mutex_);
  engine_ = std::move(next);
  coming_.reset();
  // Another request came meanwhile.
  if (wish_) engine_->pause();
  return true;
}

GraphChange Runner::request_reload(Graph graph, Factory factory) {
  const std::lock_guard lock(mutex_);
  const Graph& last = wish_ ? wish_->graph : coming_ ? *coming_ : engine_->graph();
  GraphChange change = compare(last, graph);
  if (change.empty()) return change;
  wish_ = Wish{std::move(graph), std::move(factory)};
  {
    const auto running = engine_->lock();
    engine_->pause();
  }
  executor_->wake();
  return change;
}

void Runner::request_stop() noexcept {
  world_->stop_requests.fetch_add(1);
  executor_->wake();
}

std::uint64_t Runner::pulse() noexcept {
  executor_->wake();
  return world_->ticks.load();
}

Graph Runner::graph() const { return engine()->graph(); }

Snapshot Runner::snapshot() const { return engine()->snapshot(); }

}  // namespace weir::core::runtime
