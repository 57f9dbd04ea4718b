// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Runs a pipeline on threads.

#include <memory>

#include "core/runtime/event_fd.hpp"
#include "core/runtime/executor.hpp"

namespace weir::core::runtime {

/// Each source has a thread of its own, which sleeps on the source's descriptor; all other nodes
/// share a pool of the machine's size (at least two). While every thread of the pool has been in
/// its call for 100 ms and another node could run, the pool grows by one: a model that trains or a
/// server that stalls must not hold up the other branches. Nothing polls; an idle run uses no CPU.
class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor();
  void run(const std::shared_ptr<Engine>& engine) override;
  void wake() noexcept override { control_->signal(); }
  [[nodiscard]] bool wait_until(World& world, Timestamp time) override;

 private:
  std::shared_ptr<EventFd> control_;
};

}  // namespace weir::core::runtime
