// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "core/cli/console.hpp"
#include "core/graph/graph.hpp"
#include "core/state/folder_lock.hpp"
#include "core/state/state_folder.hpp"

namespace weir::core::cli {

/// Where a run keeps the state of its nodes: `<folder>/<pipeline>/<node>.state`, one run at a time.
class KeptState {
 public:
  /// A run whose state cannot be kept goes on without, and the console says why. `console` outlives
  /// the store.
  KeptState(const Graph& graph, const std::filesystem::path& folder, Console& console);

  /// Nodes that a reload adds.
  void learn(const Graph& graph);

  /// Null: it is not kept.
  [[nodiscard]] std::shared_ptr<StateStore> store() const { return store_; }

 private:
  [[nodiscard]] bool lock();

  std::filesystem::path folder_;
  Console& console_;
  std::optional<FolderLock> lock_;  // none: no node has had state yet
  std::shared_ptr<StateFolder> store_;
};

}  // namespace weir::core::cli
