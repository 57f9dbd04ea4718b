// SPDX-License-Identifier: Apache-2.0
// Dispatches to the commands.
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include "core/cli/command.hpp"
#include "core/config/problem.hpp"
#include "core/isolation/child.hpp"
#include "core/plugin/probe.hpp"
#include "core/plugin/trust.hpp"
#include "core/privileges/drop.hpp"

namespace {

using namespace weir::core::cli;

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const Arguments&);
};

constexpr std::array commands{
    Command{"run", "run a pipeline", run_command},
    Command{"top", "show a run that goes on, node by node", top_command},
    Command{"tap", "show rows as they leave a node of a run that goes on", tap_command},
    Command{"validate", "check a pipeline and say all that is wrong with it", validate_command},
    Command{"test", "run a pipeline's own tests, in virtual time", test_command},
    Command{"graph", "draw a pipeline: text, dot, mermaid or svg", graph_command},
    Command{"plugins", "list, show or locate plugins", plugins_command},
    Command{"schema", "print the JSON Schema of pipeline files, for editors", schema_command},
    Command{"new", "start a plugin of your own: source, transform, model or sink", new_command},
    Command{"selftest", "measure this machine's own error on a path that is known",
            selftest_command},
    Command{"version", "say what this program is", version_command},
};

void print_help(std::FILE* to) {
  std::fputs(
      "Weir measures a network's quality of service, learns its rhythm and forecasts it.\n"
      "\n"
      "usage: weir COMMAND [options]\n"
      "\n"
      "commands:\n",
      to);
  for (const Command& command : commands) {
    std::fprintf(to, "  %-10s %s\n", command.name.data(), command.summary.data());
  }
  std::fputs(
      "\n"
      "examples:\n"
      "  weir run quickstart                 a minute of measuring, then a forecast\n"
      "  weir validate pipelines/my.yaml     every problem, each with its place\n"
      "  weir plugins show icmp-source       options, ports and fields of a plugin\n"
      "  weir COMMAND --help                 more about one command\n"
      "\n"
      "exit codes: 0 done, 1 a node failed for good, 2 a wrong command line or pipeline, 130 "
      "interrupted\n",
      to);
}

std::string unknown_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.emplace_back(command.name);
  const auto near = weir::core::config::closest(name, names);
  return "weir has no command '" + name + "'" +
         (near ? "; did you mean '" + *near + "'?" : "; see weir --help");
}

int dispatch(const Arguments& all) {
  if (all.empty() || all[0] == "--help" || all[0] == "-h" || all[0] == "help") {
    print_help(all.empty() ? stderr : stdout);
    return all.empty() ? wrong_usage : done;
  }
  if (all[0] == "--version") return version_command({});
  for (const Command& command : commands) {
    if (command.name == all[0]) return command.run({all.begin() + 1, all.end()});
  }
  std::fprintf(stderr, "weir: %s\n", unknown_command(all[0]).c_str());
  return wrong_usage;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments all(argv + 1, argv + argc);
  // Looks at foreign libraries for its parent process; nothing else may have run before it.
  if (!all.empty() && all[0] == "probe-library") {
    // Whoever calls it names the libraries, so they get no right that the caller does not have.
    if (weir::core::has_more_rights_than_the_caller()) weir::core::drop_rights(std::nullopt);
    weir::core::run_probe(std::span(all).subspan(1));
  }
  // The process of a node under `isolation: process`.
  if (!all.empty() && all[0] == "isolated-node") weir::core::isolation::run_isolated_node();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return dispatch(all);
  } catch (const UsageError& wrong) {
    std::fprintf(stderr, "weir: %s\n", wrong.what());
    return wrong_usage;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "weir: %s\n", failure.what());
    return failed;
  }
}
