// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Where the hostile plugins lie, a folder that goes away, a host that does nothing.

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/plugin/node_instance.hpp"
#include "core/plugin/probe.hpp"
#include "core/plugin/registry.hpp"

namespace weir::core::testing {

namespace fs = std::filesystem;

inline fs::path hostile(const std::string& name) { return fs::path(ABI_PLUGINS) / (name + ".so"); }

/// In the system's temporary folder, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "weir-abi-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }
  /// A copy of a plugin, or any other file.
  fs::path add(const fs::path& file, const std::string& name) const {
    fs::copy_file(file, path_ / name);
    return path_ / name;
  }
  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }

 private:
  fs::path path_;
};

inline ProbeSettings probe_settings() {
  ProbeSettings settings;
  settings.command = {ABI_PROBE};
  return settings;
}

inline RegistrySettings registry_settings(std::vector<fs::path> folders) {
  RegistrySettings settings;
  settings.folders = std::move(folders);
  settings.trust = trust_of(ABI_PROBE);
  settings.probe = probe_settings();
  return settings;
}

inline ProbeResult probe(const fs::path& library) {
  return probe_libraries(std::span(&library, 1), probe_settings()).at(0);
}

inline weir_host idle_host() {
  weir_host host{};
  host.size = sizeof host;
  host.now = [](void*) -> std::int64_t { return 0; };
  host.monotonic = [](void*) -> std::int64_t { return 0; };
  host.stopping = [](void*) -> std::int32_t { return 0; };
  host.log = [](void*, std::int32_t, const char*, std::size_t) {};
  host.count = [](void*, const char*, std::uint64_t) {};
  host.wait_until = [](void*, std::int64_t) -> std::int32_t { return 1; };
  host.query = [](void*, const char*) -> const void* { return nullptr; };
  return host;
}

struct Collected final : Emitter {
  void emit(std::uint32_t port, Batch batch) override {
    batches.emplace_back(port, std::move(batch));
  }
  void wake_at(Timestamp time) override { wishes.push_back(time); }
  std::vector<std::pair<std::uint32_t, Batch>> batches;
  std::vector<Timestamp> wishes;
};

/// What `work` throws, with the kind of error in front: "Error: …".
template <class Work>
std::string thrown_by(Work&& work) {
  try {
    std::forward<Work>(work)();
  } catch (const RetryLater& later) {
    return "RetryLater(" + std::to_string(later.after().count()) + "): " + later.what();
  } catch (const Rejected& rejected) {
    return std::string("Rejected: ") + rejected.what();
  } catch (const Fatal& fatal) {
    return std::string("Fatal: ") + fatal.what();
  } catch (const Error& error) {
    return std::string("Error: ") + error.what();
  }
  return "nothing";
}

}  // namespace weir::core::testing
