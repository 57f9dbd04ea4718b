// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/console.hpp"
#include "core/cli/pipeline.hpp"
#include "core/cli/pipeline_run.hpp"
#include "core/cli/watching.hpp"
#include "core/runtime/tap.hpp"

namespace weir::core::cli {
namespace {

namespace po = boost::program_options;

Duration duration_option(const po::variables_map& given, const char* name) {
  const std::string text = given[name].as<std::string>();
  const auto duration = parse_duration(text);
  if (!duration || duration->count() <= 0) {
    throw UsageError("--" + std::string(name) + " " + text +
                     " is no duration; write 90s, 5m or 2h");
  }
  return *duration;
}

CommandLine run_line() {
  CommandLine line(
      "weir run PIPELINE [options]",
      "Runs a pipeline until its sources have ended or it is stopped. PIPELINE is a path, or the "
      "name\n"
      "of a file in ./pipelines, ~/.config/weir/pipelines or the installed ones.\n"
      "Ctrl-C ends the sources and drains what is under way; a second one ends at once.",
      "  weir run quickstart\n"
      "  weir run forecast --set history.path=traffic.csv\n"
      "  weir run monitor --for 1h --log-format json\n");
  line.add()(
      "for", po::value<std::string>()->value_name("DURATION"),
      "end all sources after this time, as if their input had ended; wins over the file's `for`")(
      "grace", po::value<std::string>()->default_value("10s")->value_name("DURATION"),
      "how long a stopped run may take to drain")(
      "log-format", po::value<std::string>()->default_value("text")->value_name("FORMAT"),
      "text, or json for machines")("debug", "log more")(
      "state", po::value<std::string>()->value_name("DIR"),
      "where the state of nodes, disk buffers and rows that were kept aside go "
      "(~/.local/state/weir)")(
      "save-every", po::value<std::string>()->default_value("60s")->value_name("DURATION"),
      "how old the saved state of a node may become")(
      "watch", "put the pipeline in place again when its file changes; SIGHUP does so at any time")(
      "user", po::value<std::string>()->value_name("NAME"),
      "started as root: go on as this user; by sudo the caller is taken, `root` stays root");
  add_watching_options(line);
  add_set_option(line);
  add_plugin_options(line);
  line.positional("pipeline", 1);
  return line;
}

runtime::RunOptions run_options(const po::variables_map& given, const Graph& graph,
                                Console& console) {
  runtime::RunOptions options;
  options.run_for = graph.run_for;
  if (given.count("for") > 0) options.run_for = duration_option(given, "for");
  options.grace = duration_option(given, "grace");
  options.state_interval = duration_option(given, "save-every");
  options.dead_letter_dir = state_folder(given) / "dead-letters";
  options.log = [&console](Level level, std::string_view node, std::string_view text) {
    console.log(level, node, text);
  };
  options.taps = std::make_shared<runtime::Taps>();
  return options;
}

}  // namespace

int run_command(const Arguments& arguments) {
  CommandLine line = run_line();
  const auto given = line.parse(arguments);
  if (!given) return done;
  const Texts names = texts(*given, "pipeline");
  if (names.empty())
    throw UsageError("name a pipeline to run, for example quickstart; see weir run --help");
  const LogFormat format = log_format(*given);
  Console console(format, given->count("debug") > 0);
  Registry registry =
      make_registry(texts(*given, "plugins"), texts(*given, "trust-plugins"), Registry::Use::load);
  CheckedPipeline checked = check_pipeline(names.front(), texts(*given, "set"), registry);
  print_problems(checked);
  if (!checked.ok()) return wrong_usage;

  PipelineRun run(
      std::move(checked), registry, console,
      [&] { return check_pipeline(names.front(), texts(*given, "set"), registry); },
      {.state = state_folder(*given),
       .user = given->count("user") > 0 ? std::optional((*given)["user"].as<std::string>())
                                        : std::nullopt,
       .watch = given->count("watch") > 0,
       .for_people = format == LogFormat::text,
       .observer = watching_options(*given, console)});
  return run.go(run_options(*given, run.graph(), console));
}

}  // namespace weir::core::cli
