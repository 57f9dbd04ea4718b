// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Who makes the calls that the engine decides on: threads, or a simulation.

#include <memory>

#include "weir/units.hpp"

namespace weir::core::runtime {

class Engine;
struct World;

class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Drives the engine until it is over. One run at a time.
  virtual void run(const std::shared_ptr<Engine>& engine) = 0;
  /// Makes run() look at stop requests now. Async-signal-safe.
  virtual void wake() noexcept = 0;
  /// A node's wish within a call: blocks until then; false when the run is to stop. Any thread.
  [[nodiscard]] virtual bool wait_until(World& world, Timestamp time) = 0;
};

}  // namespace weir::core::runtime
