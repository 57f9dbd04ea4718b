// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Finds plugins by name: which library holds `naive-model`, may it be loaded, and what does it
/// say?

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/plugin/library.hpp"
#include "core/plugin/probe.hpp"
#include "core/plugin/probe_cache.hpp"
#include "core/plugin/trust.hpp"

namespace weir::core {

/// A plugin, or why there is none.
struct FoundPlugin {
  std::shared_ptr<const NodeDescription> description;  ///< null: see problem
  const weir_node_type* type = nullptr;                ///< null: described, but not loaded
  std::filesystem::path library;
  std::string problem;  ///< one line
  std::string hint;

  [[nodiscard]] bool ok() const { return description != nullptr; }
};

/// Where the binding of a pipeline asks for plugins; tests hand in their own.
class PluginLookup {
 public:
  PluginLookup() = default;
  PluginLookup(const PluginLookup&) = delete;
  PluginLookup& operator=(const PluginLookup&) = delete;
  virtual ~PluginLookup() = default;

  /// All names that find will be asked for; looking at many libraries at once is cheaper.
  virtual void prepare(std::span<const std::string>) {}
  [[nodiscard]] virtual FoundPlugin find(const std::string& plugin) = 0;
};

/// A library of the search path, for `weir plugins list`.
struct LibraryInfo {
  std::filesystem::path path;
  ProbeResult result;  ///< result.problem: refused, and why
  std::vector<std::shared_ptr<const NodeDescription>> plugins;
  std::filesystem::path shadowed_by;  ///< of the same file name, found before
};

struct RegistrySettings {
  std::vector<std::filesystem::path> folders;  ///< searched in this order
  Trust trust;
  ProbeSettings probe;
  std::filesystem::path cache;                                              ///< see ProbeCache
  std::function<void(const std::string&)> log = [](const std::string&) {};  ///< warnings, one line
};

/// `--plugins` folders first, then WEIR_PLUGIN_PATH (colons), <program>/../lib/weir/plugins,
/// ~/.local/lib/weir/plugins, /usr/local/lib/weir/plugins, /usr/lib/weir/plugins; absolute, each
/// once. `variable` reads the environment, nullptr where a variable is unset.
[[nodiscard]] std::vector<std::filesystem::path> plugin_folders(
    std::span<const std::filesystem::path> given, const std::filesystem::path& program,
    const std::function<const char*(const char*)>& variable);

/// Folders as above from this process's environment, trust of `program`, its `probe-library`
/// command and the user's cache. `program`: the running program, /proc/self/exe resolved.
[[nodiscard]] RegistrySettings default_registry_settings(
    const std::filesystem::path& program, std::span<const std::filesystem::path> plugin_options,
    std::span<const std::filesystem::path> trust_options);

class Registry final : public PluginLookup {
 public:
  /// describe: what `validate`, `graph` and `schema` need; nothing is loaded into this process.
  /// load: find also loads the library, which was looked at in a child process before, once in the
  /// life of the file (see ProbeCache).
  enum class Use { describe, load };

  Registry(RegistrySettings settings, Use use);
  ~Registry() override;

  void prepare(std::span<const std::string> plugins) override;
  /// `<name>.so` in the folders, first one first; else any library whose plugins have that name.
  /// The problem of an unknown name lists the folders and what was probably meant.
  [[nodiscard]] FoundPlugin find(const std::string& plugin) override;

  /// Every *.so of the folders but lib*.so (libraries of plugins, no plugins), refused ones too.
  [[nodiscard]] std::vector<LibraryInfo> list();
  [[nodiscard]] const std::vector<std::filesystem::path>& folders() const {
    return settings_.folders;
  }

 private:
  [[nodiscard]] std::optional<std::filesystem::path> file_named(const std::string& plugin) const;
  [[nodiscard]] std::vector<std::filesystem::path> all_files() const;
  void look_at(std::span<const std::filesystem::path> libraries);
  [[nodiscard]] const LibraryInfo& info(const std::filesystem::path& library);
  [[nodiscard]] FoundPlugin take(const LibraryInfo& library, const std::string& plugin);
  [[nodiscard]] FoundPlugin unknown(const std::string& plugin);

  RegistrySettings settings_;
  Use use_;
  ProbeCache cache_;
  std::map<std::filesystem::path, LibraryInfo> known_;
  std::map<std::filesystem::path, Library> loaded_;
};

}  // namespace weir::core
