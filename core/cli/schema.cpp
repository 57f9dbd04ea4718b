// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/pipeline.hpp"
#include "core/plugin/catalog.hpp"

namespace weir::core::cli {

int schema_command(const Arguments& arguments) {
  CommandLine line(
      "weir schema [options]",
      "Prints the JSON Schema (draft 2020-12) of pipeline files, made from the plugins that are\n"
      "found, so that an editor completes and checks them.",
      "  weir schema > weir.schema.json\n"
      "  # first line of a pipeline: # yaml-language-server: $schema=weir.schema.json\n");
  add_plugin_options(line);
  const auto given = line.parse(arguments);
  if (!given) return done;
  Registry registry = make_registry(texts(*given, "plugins"), texts(*given, "trust-plugins"),
                                    Registry::Use::describe);
  std::vector<NodeDescription> nodes;
  for (const LibraryInfo& library : registry.list()) {
    if (!library.shadowed_by.empty()) continue;
    for (const auto& plugin : library.plugins) {
      nodes.push_back(plugin->kind == Kind::model ? merge_model(*plugin, harness_description())
                                                  : *plugin);
    }
  }
  std::cout << json_schema(nodes).dump(2) << "\n";
  return done;
}

}  // namespace weir::core::cli
