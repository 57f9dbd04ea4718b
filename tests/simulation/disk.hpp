// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The machine's disk, with the buffers on it. It outlives the engine.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/buffers/buffers.hpp"
#include "core/runtime/run_options.hpp"
#include "tests/simulation/nodes.hpp"
#include "tests/simulation/plan.hpp"
#include "tests/support/simulated_filesystem.hpp"

namespace weir::simulation {

class Disk {
 public:
  /// Both must outlive it. `worlds` of all nodes of the plan.
  Disk(const Plan& plan, std::vector<NodeWorld>& worlds);

  /// Some sink has a buffer.
  [[nodiscard]] bool is_used() const { return used_; }
  void begin_life(const LifePlan& life);
  /// The ends of buffers are made here, on the real core/buffers; other nodes by `others`.
  [[nodiscard]] core::runtime::Factory factory(core::runtime::Factory others);
  /// Lets troubles begin and end.
  void follow(Duration age);
  [[nodiscard]] bool power_is_off() const { return files_.crashed(); }
  void cut_power() { files_.crash(); }
  /// The process is gone, and with it all that it held open; then the machine comes back.
  void end_life();

  /// What a buffer still gives, by a healed disk.
  [[nodiscard]] BufferLedger::Records read(const NodeWorld& sink);
  [[nodiscard]] std::uint64_t operations() const { return files_.operations(); }
  /// Operations that failed.
  [[nodiscard]] std::uint64_t refused() const { return files_.refused(); }
  [[nodiscard]] std::uint64_t power_cuts() const { return power_cuts_; }
  [[nodiscard]] std::uint64_t bytes() const { return files_.used(); }

 private:
  [[nodiscard]] std::unique_ptr<core::NodeInstance> watch(const core::GraphNode& node,
                                                          std::unique_ptr<core::NodeInstance> made);
  [[nodiscard]] std::uint64_t last_number(const std::string& sink) const;
  void arm(const DiskTrouble& trouble);

  const Plan& plan_;
  std::vector<NodeWorld>& worlds_;
  bool used_ = false;
  test::SimulatedFilesystem files_;
  std::optional<core::buffers::Buffers> buffers_;  ///< of this life
  std::vector<bool> begun_;                        ///< by trouble
  std::vector<bool> ended_;
  std::uint64_t power_cuts_ = 0;
};

}  // namespace weir::simulation
