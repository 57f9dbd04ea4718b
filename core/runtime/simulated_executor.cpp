// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/simulated_executor.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/runtime/engine.hpp"

namespace weir::core::runtime {

SimulatedExecutor::SimulatedExecutor(std::shared_ptr<VirtualClock> clock, std::uint64_t seed)
    : clock_(std::move(clock)), random_(seed) {}

void SimulatedExecutor::run(const std::shared_ptr<Engine>& engine) {
  auto lock = engine->lock();
  std::vector<std::size_t> ready;
  while (true) {
    Duration wake = engine->tick(lock);
    if (engine->over()) return;
    ready.clear();
    for (std::size_t node = 0; node < engine->size(); ++node) {
      const Decision decision = engine->look(node);
      if (decision.state == Decision::State::run) ready.push_back(node);
      wake = std::min(wake, decision.wake);
    }
    if (ready.empty()) {
      if (wake == Duration::max()) {
        engine->fail(lock,
                     "nothing can run and nothing waits for a time: in a simulation nobody "
                     "else wakes a node");
      }
      clock_->advance_to(wake == Duration::max() ? Duration{0} : wake);
      continue;
    }
    auto task = engine->take(ready[random_() % ready.size()]);
    if (task) engine->perform(lock, std::move(*task));
  }
}

bool SimulatedExecutor::wait_until(World& world, Timestamp time) {
  if (time > clock_->now()) clock_->advance_to(clock_->monotonic() + (time - clock_->now()));
  return !world.stop.raised();
}

RunOptions simulated_run(Timestamp start, std::uint64_t seed) {
  auto clock = std::make_shared<VirtualClock>(start);
  RunOptions options;
  options.executor = std::make_shared<SimulatedExecutor>(clock, seed);
  options.clock = std::move(clock);
  options.seed = seed;
  return options;
}

}  // namespace weir::core::runtime
