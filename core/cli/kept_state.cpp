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

void KeptState::learn(const Graph& graph) const {
  if (store_ != nullptr) store_->learn(plugins_with_state(graph));
}

KeptState::KeptState(const Graph& graph, const std::filesystem::path& folder, Console& console) {
  StateFolder::Setting setting;
  setting.plugins = plugins_with_state(graph);
  if (setting.plugins.empty()) return;
  setting.folder = folder / graph.name;
  setting.now = [] { return std::chrono::system_clock::now(); };
  setting.warn = [&console](const std::string& node, const std::string& line) {
    console.log(Level::warning, node, line);
  };
  const std::string where = setting.folder.string();
  try {
    lock_ = FolderLock::take(setting.folder);
    if (lock_) {
      store_ = std::make_shared<StateFolder>(std::move(setting));
    } else {
      console.log(Level::warning, "",
                  "another run keeps its state in " + where +
                      "; this one keeps none (--state DIR gives it a place of its own)");
    }
  } catch (const Error& problem) {
    console.log(Level::warning, "",
                std::string(problem.what()) + "; the state of nodes is not kept (--state DIR)");
  }
}

}  // namespace weir::core::cli
