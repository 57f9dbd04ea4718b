// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/runner.hpp"

#include <utility>

#include "core/runtime/engine.hpp"
#include "core/runtime/thread_executor.hpp"

namespace weir::core::runtime {

Runner::Runner(Graph graph, Factory factory, RunOptions options) {
  if (options.clock == nullptr) options.clock = std::make_shared<SystemClock>();
  if (options.executor == nullptr) options.executor = std::make_shared<ThreadExecutor>();
  executor_ = options.executor;
  engine_ = std::make_shared<Engine>(std::move(graph), std::move(factory), options);
}

Runner::~Runner() = default;

RunResult Runner::run() {
  if (engine_->start()) executor_->run(engine_);
  return engine_->result();
}

void Runner::request_stop() noexcept {
  engine_->request_stop();
  executor_->wake();
}

std::uint64_t Runner::pulse() noexcept {
  executor_->wake();
  return engine_->ticks();
}

Snapshot Runner::snapshot() const { return engine_->snapshot(); }

}  // namespace weir::core::runtime
