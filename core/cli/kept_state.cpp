// SPDX-License-Identifier: Apache-2.0
#include "core/cli/kept_state.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "core/state/state_folder.hpp"
#include "weir/abi.h"
#include "weir/error.hpp"

namespace weir::core::cli {
namespace {

bool has_state(const GraphNode& node) {
  return node.type != nullptr && node.description->kind != Kind::model &&
         node.type->query != nullptr && node.type->query(WEIR_STATE_EXTENSION) != nullptr;
}

std::map<std::string, std::string> plugins_with_state(const Graph& graph) {
  std::map<std::string, std::string> plugins;
  for (const GraphNode& node : graph.nodes) {
    if (has_state(node)) plugins.emplace(node.name, node.plugin);
  }
  return plugins;
}

}  // namespace

KeptState::KeptState(const Graph& graph, const std::filesystem::path& folder, Console& console)
    : folder_(folder / graph.name), console_(console) {
  StateFolder::Setting setting;
  setting.plugins = plugins_with_state(graph);
  if (!setting.plugins.empty() && !lock()) return;
  setting.folder = folder_;
  setting.now = [] { return std::chrono::system_clock::now(); };
  setting.warn = [&console](const std::string& node, const std::string& line) {
    console.log(Level::warning, node, line);
  };
  store_ = std::make_shared<StateFolder>(std::move(setting));
}

void KeptState::learn(const Graph& graph) {
  if (store_ == nullptr) return;
  const auto plugins = plugins_with_state(graph);
  if (plugins.empty() || (!lock_ && !lock())) return;
  store_->learn(plugins);
}

bool KeptState::lock() {
  try {
    lock_ = FolderLock::take(folder_);
    if (lock_) return true;
    console_.log(Level::warning, "",
                 "another run keeps its state in " + folder_.string() +
                     "; this one keeps none (--state DIR gives it a place of its own)");
  } catch (const Error& problem) {
    console_.log(Level::warning, "",
                 std::string(problem.what()) + "; the state of nodes is not kept (--state DIR)");
  }
  return false;
}

}  // namespace weir::core::cli
