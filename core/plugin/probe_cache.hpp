// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Remembers what was learned of libraries, so that a run need not start a child process.

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/plugin/probe.hpp"

namespace weir::core {

/// ${XDG_CACHE_HOME:-~/.cache}/weir/plugins.json; empty where neither is set.
[[nodiscard]] std::filesystem::path default_probe_cache();

/// Keyed by path, device, inode, size, time of change and the version of Weir. Only libraries that
/// were found good are kept: what was wrong with the others (a missing library of theirs) may have
/// been mended since. A file that is damaged, or that somebody else could have written, is ignored.
class ProbeCache {
 public:
  /// An empty path: nothing is kept. The file is read at the first find.
  explicit ProbeCache(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] std::optional<ProbeResult> find(const std::filesystem::path& library);
  void store(const std::filesystem::path& library, const ProbeResult& result);
  /// Writes what was stored, atomically; does nothing if nothing is new. A folder that cannot be
  /// written is no error: the next run looks again.
  void save() noexcept;

 private:
  void read();
  std::filesystem::path file_;
  bool read_ = false;
  bool changed_ = false;
  std::map<std::string, nlohmann::json> entries_;
};

}  // namespace weir::core
