// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/pipeline.hpp"
#include "core/plugin/catalog.hpp"

namespace weir::core::cli {
namespace {

int list_plugins(Registry& registry) {
  std::vector<LibraryInfo> libraries = registry.list();
  std::size_t refused = 0;
  std::size_t widest = 4;
  for (const LibraryInfo& library : libraries) {
    for (const auto& plugin : library.plugins) widest = std::max(widest, plugin->name.size());
  }
  for (const LibraryInfo& library : libraries) {
    if (!library.result.ok()) ++refused;
    if (!library.result.ok() || !library.shadowed_by.empty()) continue;
    for (const auto& plugin : library.plugins) {
      std::printf("%-*s  %-9s  %-7s  %s\n", static_cast<int>(widest), plugin->name.c_str(),
                  std::string(to_string(plugin->kind)).c_str(), library.result.version.c_str(),
                  plugin->summary.c_str());
    }
  }
  for (const LibraryInfo& library : libraries) {
    if (!library.shadowed_by.empty()) {
      std::printf("hidden   %s: %s comes first\n", library.path.c_str(),
                  library.shadowed_by.c_str());
    } else if (!library.result.ok()) {
      std::printf("refused  %s: %s\n", library.path.c_str(), library.result.problem.c_str());
    }
  }
  if (libraries.empty()) {
    std::fputs(
        "weir: no plugin was found; `weir plugins path` lists the folders that are searched\n",
        stderr);
    return failed;
  }
  return refused == 0 ? done : failed;
}

int show_plugin(Registry& registry, const std::string& name, bool as_markdown) {
  const FoundPlugin found = registry.find(name);
  if (!found.ok()) throw UsageError(found.problem + (found.hint.empty() ? "" : "; " + found.hint));
  const NodeDescription description = found.description->kind == Kind::model
                                          ? merge_model(*found.description, harness_description())
                                          : *found.description;
  std::cout << (as_markdown ? markdown(description) : help_text(description));
  return done;
}

}  // namespace

int plugins_command(const Arguments& arguments) {
  CommandLine line("weir plugins list|show NAME|path [options]",
                   "list  every plugin that is found; libraries that are refused, with the reason\n"
                   "show  a plugin's options, ports and presets\n"
                   "path  the folders that are searched, in their order",
                   "  weir plugins list\n"
                   "  weir plugins show lstm-model\n"
                   "  weir plugins show scaler --markdown > scaler.md\n");
  line.add()("markdown", "show: as a reference page");
  add_plugin_options(line);
  line.positional("words", 2);
  const auto given = line.parse(arguments);
  if (!given) return done;
  const Texts words = texts(*given, "words");
  const std::string what = words.empty() ? "list" : words.front();
  Registry registry = make_registry(texts(*given, "plugins"), texts(*given, "trust-plugins"),
                                    Registry::Use::describe);
  if (what == "list") return list_plugins(registry);
  if (what == "path") {
    for (const auto& folder : registry.folders()) {
      std::printf("%s%s\n", folder.c_str(),
                  std::filesystem::is_directory(folder) ? "" : "  (not there)");
    }
    return done;
  }
  if (what != "show")
    throw UsageError("weir plugins knows list, show and path, not '" + what + "'");
  if (words.size() < 2) throw UsageError("name a plugin to show; `weir plugins list` has them");
  return show_plugin(registry, words[1], given->count("markdown") > 0);
}

}  // namespace weir::core::cli
