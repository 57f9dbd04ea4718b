// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Runs a pipeline on the caller's thread in virtual time.

#include <cstdint>
#include <memory>

#include "core/runtime/backoff.hpp"
#include "core/runtime/clock.hpp"
#include "core/runtime/executor.hpp"
#include "core/runtime/run_options.hpp"

namespace weir::core::runtime {

/// Of the nodes that can run, the seed picks one; when none can, time jumps to the next timer. The
/// same graph, nodes and seed give the same calls in the same order at the same times. Descriptors
/// are not watched: a source that waits for one is called at its time.
class SimulatedExecutor final : public Executor {
 public:
  /// The clock must be the one that the run is given.
  SimulatedExecutor(std::shared_ptr<VirtualClock> clock, std::uint64_t seed);
  void run(const std::shared_ptr<Engine>& engine) override;
  void wake() noexcept override {}
  [[nodiscard]] bool wait_until(World& world, Timestamp time) override;

 private:
  std::shared_ptr<VirtualClock> clock_;
  Random random_;
};

/// Options of a run in virtual time that begins at `start`.
[[nodiscard]] RunOptions simulated_run(Timestamp start, std::uint64_t seed);

}  // namespace weir::core::runtime
