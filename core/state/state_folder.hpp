// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The state of a pipeline's nodes, one file each: <folder>/<pipeline>/<node>.state.

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/state/durable_file.hpp"
#include "core/state/state_store.hpp"
#include "weir/units.hpp"

namespace weir::core {

class StateFolder final : public StateStore {
 public:
  struct Setting {
    std::filesystem::path folder;                ///< of the pipeline
    std::map<std::string, std::string> plugins;  ///< by node: whose state it may go on from
    std::function<Timestamp()> now;
    /// Takes one line for the operator; any thread.
    std::function<void(const std::string& node, const std::string& line)> warn;
  };

  explicit StateFolder(Setting setting, FileCalls& calls = system_calls())
      : setting_(std::move(setting)), calls_(calls) {}

  /// More nodes, by a reload. Of others nothing is kept, and their files are left alone. Any
  /// thread.
  void learn(const std::map<std::string, std::string>& plugins);

  [[nodiscard]] std::optional<SavedState> load(const std::string& node) override;
  void save(const std::string& node, std::uint32_t version, std::string_view bytes) override;
  void set_aside(const std::string& node, const std::string& reason) override;
  void forget(const std::string& node) override;

 private:
  [[nodiscard]] std::string path_of(const std::string& node) const;
  /// nullopt: the pipeline has no such node.
  [[nodiscard]] std::optional<std::string> plugin_of(const std::string& node) const;

  mutable std::mutex mutex_;  // of setting_.plugins

  Setting setting_;
  FileCalls& calls_;
};

}  // namespace weir::core
