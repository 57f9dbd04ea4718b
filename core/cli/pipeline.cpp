// SPDX-License-Identifier: Apache-2.0
#include "core/cli/pipeline.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/cli/command.hpp"
#include "core/cli/test_files.hpp"
#include "core/config/load.hpp"
#include "core/config/problem.hpp"
#include "core/forecast/declaration.hpp"
#include "core/graph/bind.hpp"
#include "weir/description.hpp"

namespace weir::core::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::array<std::string_view, 3> extensions{".yaml", ".yml", ".ini"};

std::vector<fs::path> pipeline_folders() {
  std::vector<fs::path> folders{"pipelines"};
  if (const char* config = std::getenv("XDG_CONFIG_HOME")) {
    folders.emplace_back(fs::path(config) / "weir" / "pipelines");
  } else if (const char* home = std::getenv("HOME")) {
    folders.emplace_back(fs::path(home) / ".config" / "weir" / "pipelines");
  }
  folders.push_back((program_path().parent_path() / "../share/weir/pipelines").lexically_normal());
  folders.emplace_back("/usr/share/weir/pipelines");
  return folders;
}

bool has_pipeline_extension(const fs::path& path) {
  const std::string extension = path.extension().string();
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

std::string not_found(const std::string& name) {
  std::string folders;
  std::vector<std::string> names;
  for (const fs::path& folder : pipeline_folders()) {
    folders += (folders.empty() ? "" : ", ") + folder.string();
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
      if (has_pipeline_extension(entry.path()) && !is_test_file(entry.path()))
        names.push_back(entry.path().stem().string());
    }
  }
  const auto near = config::closest(name, names);
  return "no pipeline is called '" + name + "' (searched " + folders + ")" +
         (near ? "; did you mean '" + *near + "'?" : "; give a path to use a file elsewhere");
}

}  // namespace

fs::path program_path() {
  std::error_code error;
  const fs::path path = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path("weir") : path;
}

fs::path find_pipeline(const std::string& name) {
  if (name.find('/') != std::string::npos || has_pipeline_extension(name)) return name;
  for (const fs::path& folder : pipeline_folders()) {
    for (const std::string_view extension : extensions) {
      fs::path candidate = folder / (name + std::string(extension));
      std::error_code ignored;
      if (fs::exists(candidate, ignored)) return candidate;
    }
  }
  throw UsageError(not_found(name));
}

Registry make_registry(const std::vector<std::string>& plugin_folders,
                       const std::vector<std::string>& trusted_folders, Registry::Use use) {
  if (!trusted_folders.empty() && has_more_rights_than_the_caller()) {
    throw UsageError(
        "--trust-plugins is not taken by a program with capabilities of its own; run one without "
        "them");
  }
  const std::vector<fs::path> folders(plugin_folders.begin(), plugin_folders.end());
  const std::vector<fs::path> trusted(trusted_folders.begin(), trusted_folders.end());
  RegistrySettings settings = default_registry_settings(program_path(), folders, trusted);
  settings.log = [](const std::string& line) { std::fprintf(stderr, "weir: %s\n", line.c_str()); };
  return {std::move(settings), use};
}

const NodeDescription& harness_description() {
  static const NodeDescription description =
      parse_description(detail::describe<HarnessDeclaration>());
  return description;
}

CheckedPipeline check_pipeline(const std::string& name, const std::vector<std::string>& overrides,
                               Registry& registry) {
  CheckedPipeline checked;
  checked.file = find_pipeline(name);
  config::Loaded loaded =
      config::load_pipeline_file(checked.file, config::process_environment(), overrides);
  checked.problems = std::move(loaded.problems);
  if (loaded.document.usable()) {
    checked.graph = bind(loaded.document, registry, harness_description(), checked.problems);
  }
  return checked;
}

void print_problems(const CheckedPipeline& pipeline) {
  const std::string text = pipeline.problems.render(::isatty(STDERR_FILENO) != 0);
  std::fputs(text.c_str(), stderr);
}

}  // namespace weir::core::cli
