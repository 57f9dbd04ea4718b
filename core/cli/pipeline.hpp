// SPDX-License-Identifier: Apache-2.0
#pragma once
/// From what the user typed to a checked pipeline.

#include <filesystem>
#include <string>
#include <vector>

#include "core/config/problem.hpp"
#include "core/graph/graph.hpp"
#include "core/plugin/registry.hpp"

namespace weir::core::cli {

/// This program's own file.
[[nodiscard]] std::filesystem::path program_path();

/// A path as it is; a bare name is looked up in ./pipelines, the user's folder
/// (~/.config/weir/pipelines) and those beside and above the program (share/weir/pipelines).
/// Throws UsageError naming the folders.
[[nodiscard]] std::filesystem::path find_pipeline(const std::string& name);

/// A registry with the folders of the command line, whose warnings go to standard error.
[[nodiscard]] Registry make_registry(const std::vector<std::string>& plugin_folders,
                                     const std::vector<std::string>& trusted_folders,
                                     Registry::Use use);

/// The options and ports that the harness gives to every model.
[[nodiscard]] const NodeDescription& harness_description();

struct CheckedPipeline {
  std::filesystem::path file;
  Graph graph;
  config::Problems problems;
  [[nodiscard]] bool ok() const { return !problems.has_errors(); }
};

/// Reads, overrides, substitutes and binds; all that is wrong is in `problems`.
[[nodiscard]] CheckedPipeline check_pipeline(const std::string& name,
                                             const std::vector<std::string>& overrides,
                                             Registry& registry);

/// Problems to standard error, in colour on a terminal, and a closing count.
void print_problems(const CheckedPipeline& pipeline);

}  // namespace weir::core::cli
