// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/pipeline.hpp"
#include "core/cli/test_files.hpp"

namespace weir::core::cli {

int validate_command(const Arguments& arguments) {
  CommandLine line(
      "weir validate PIPELINE... [options]",
      "Checks pipelines as `weir run` would, without starting anything, and says all that is\n"
      "wrong at once. Exit code 0: each can be run; 2: at least one cannot.",
      "  weir validate pipelines/*.yaml\n"
      "  weir validate monitor --set ping.interval=5s\n");
  add_set_option(line);
  add_plugin_options(line);
  line.positional("pipeline", -1);
  const auto given = line.parse(arguments);
  if (!given) return done;
  const Texts names = texts(*given, "pipeline");
  if (names.empty()) throw UsageError("name a pipeline to validate; see weir validate --help");
  Registry registry = make_registry(texts(*given, "plugins"), texts(*given, "trust-plugins"),
                                    Registry::Use::describe);
  int exit_code = done;
  for (const std::string& name : names) {
    if (is_test_file(name)) {
      if (!check_test_file(name)) exit_code = wrong_usage;
      continue;
    }
    const CheckedPipeline checked = check_pipeline(name, texts(*given, "set"), registry);
    print_problems(checked);
    if (checked.ok()) {
      std::printf("%s: ok, %zu nodes\n", checked.file.c_str(), checked.graph.nodes.size());
    } else {
      exit_code = wrong_usage;
    }
  }
  return exit_code;
}

}  // namespace weir::core::cli
