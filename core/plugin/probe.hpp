// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Looks at libraries in a child process, so that one that crashes while it is loaded is a line in
/// a table and not a crash of the engine.

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "core/plugin/description.hpp"

namespace weir::core {

/// What was learned of one library. Refused: `problem` says why, the rest is empty.
struct ProbeResult {
  std::string problem;
  std::string name;
  std::string version;
  std::string sdk;
  int abi_major = 0;
  int abi_minor = 0;
  std::vector<std::string> descriptions;  ///< JSON of each node type, checked

  [[nodiscard]] bool ok() const { return problem.empty(); }
};
[[nodiscard]] nlohmann::json to_json(const ProbeResult& result);
/// Throws nlohmann::json::exception where members miss or have other types.
[[nodiscard]] ProbeResult probe_result(const nlohmann::json& json);

struct ProbeSettings {
  /// Runs run_probe with the paths that are appended; `weir probe-library`, the program first.
  std::vector<std::string> command;
  std::chrono::milliseconds timeout{5000};  ///< for one library
};

/// The parent: a result for each path, in order. All go to one child; each that it refuses or that
/// ends it is looked at again by a child of its own, so that no library is blamed for its
/// neighbour. Throws Error if no child can be started.
[[nodiscard]] std::vector<ProbeResult> probe_libraries(
    std::span<const std::filesystem::path> libraries, const ProbeSettings& settings);

/// The child: loads each library and writes a line of JSON for it to standard output, which the
/// libraries themselves cannot reach. Ends the process with its result (std::_Exit): destructors of
/// foreign libraries are not run. Call it first thing in main.
[[noreturn]] void run_probe(std::span<const std::string> libraries);

}  // namespace weir::core
