// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "core/buffers/buffered_graph.hpp"
#include "core/buffers/buffers.hpp"
#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/console.hpp"
#include "core/cli/kept_state.hpp"
#include "core/cli/node_factory.hpp"
#include "core/cli/pipeline.hpp"
#include "core/cli/reloader.hpp"
#include "core/cli/summary.hpp"
#include "core/cli/watching.hpp"
#include "core/delivery/posix_filesystem.hpp"
#include "core/forecast/model_node.hpp"
#include "core/privileges/drop.hpp"
#include "core/privileges/kept.hpp"
#include "core/privileges/secrets.hpp"
#include "core/runtime/runner.hpp"

namespace weir::core::cli {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

std::atomic<runtime::Runner*> running{nullptr};
std::atomic<Reloader*> reloading{nullptr};

extern "C" void stop_on_signal(int) {
  if (runtime::Runner* runner = running.load()) runner->request_stop();
}

extern "C" void reload_on_signal(int) {
  if (Reloader* reloader = reloading.load()) reloader->request();
}

/// Ends the run on SIGINT and SIGTERM and reloads it on SIGHUP while it lives.
class SignalGuard {
 public:
  SignalGuard(runtime::Runner& runner, Reloader& reloader) {
    running = &runner;
    reloading = &reloader;
    struct sigaction action {};
    action.sa_handler = stop_on_signal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    action.sa_handler = reload_on_signal;
    ::sigaction(SIGHUP, &action, nullptr);
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
  ~SignalGuard() {
    running = nullptr;
    reloading = nullptr;
  }
};

Duration duration_option(const po::variables_map& given, const char* name) {
  const std::string text = given[name].as<std::string>();
  const auto duration = parse_duration(text);
  if (!duration || duration->count() <= 0) {
    throw UsageError("--" + std::string(name) + " " + text +
                     " is no duration; write 90s, 5m or 2h");
  }
  return *duration;
}

LogFormat log_format(const po::variables_map& given) {
  const std::string text = given["log-format"].as<std::string>();
  if (text == "text") return LogFormat::text;
  if (text == "json") return LogFormat::json;
  throw UsageError("--log-format " + text + " is not known; use text or json");
}

/// Root, capabilities: from here on nothing of it is left. Says so where it changes who runs.
void give_up_rights(const po::variables_map& given, Console& console) {
  std::optional<std::string> asked;
  if (given.count("user") > 0) asked = given["user"].as<std::string>();
  const char* sudo = std::getenv("SUDO_UID");
  const Rights rights = current_rights();
  const auto user = choose_user(
      rights, asked, sudo == nullptr ? std::nullopt : std::optional<std::string>(sudo), find_user);
  drop_rights(user);
  if (user) {
    console.log(Level::info, "", "started by root, goes on as user " + user->name);
  } else if (rights.is_root() && !asked) {
    console.log(Level::info, "", "runs as root without capabilities; --user NAME leaves root too");
  }
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

/// Machines get the summary as one line of the log, people as a text on standard output.
void tell(const Graph& graph, const Judgements& judgements, const runtime::RunResult& result,
          const runtime::RunOptions& options, Console& console, bool people) {
  console.clear_bars();
  for (const std::string& reason : result.reasons) console.log(Level::error, "", reason);
  if (people) {
    const fs::path letters = options.dead_letter_dir / graph.name;
    std::fputs(run_summary(graph, result.stats, letters.string()).c_str(), stdout);
    std::fputs(forecast_summary(judgements).c_str(), stdout);
    std::fflush(stdout);
    return;
  }
  std::uint64_t rows = 0;
  for (const runtime::NodeStats& node : result.stats.nodes) rows += node.rows_in;
  console.log(Level::info, "",
              "ended with " + std::to_string(result.exit_code) + " after " + std::to_string(rows) +
                  " rows");
}

std::string begin_line(const Graph& graph, const runtime::RunOptions& options) {
  const std::string time =
      options.run_for ? "for " + to_text(*options.run_for) : "until it ends or is stopped";
  return "runs " + graph.name + " (" + std::to_string(graph.nodes.size()) + " nodes) " + time;
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

  observe::Observer* observing = nullptr;
  std::mutex judging;
  Judgements judgements;
  ForecastListener listener;
  listener.epoch = [&](const std::string& node, const EpochRecord& record) {
    console.epoch(node, record);
    observing->beat(node);
  };
  listener.judged = [&](const std::string& node, const std::vector<Evaluation>& evaluations) {
    console.learned(node);
    const std::lock_guard lock(judging);
    judgements[node] = evaluations;
  };
  // What needs rights is opened once; then they go, before any node or thread exists.
  const KeptDescriptors kept = open_privileged(checked.graph);
  give_up_rights(*given, console);
  if (holds_secrets(checked.graph)) forbid_core_files();
  runtime::RunOptions options = run_options(*given, checked.graph, console);
  options.query = [&kept](const std::string& node, const char* extension) {
    return kept.query(node, extension);
  };
  const KeptState kept_state(checked.graph, state_folder(*given) / "nodes", console);
  options.state = kept_state.store();
  delivery::PosixFilesystem disk;
  buffers::Buffers buffered(state_folder(*given) / "buffers" / checked.graph.name, disk);
  const Graph graph = buffers::with_buffers(checked.graph);
  const auto loading = std::make_shared<std::mutex>();
  const auto factory = [&](const Graph& of) {
    return buffered.factory(make_factory(of, listener, model_maker(registry, loading), &kept));
  };
  runtime::Runner runner(graph, factory(checked.graph), options);
  std::atomic<Reloader*> reloads{nullptr};
  std::unique_ptr<observe::Observer> observer =
      watch(graph, runner, options.taps, watching_options(*given, console), [&reloads] {
        Reloader* reloader = reloads.load();
        return reloader == nullptr ? std::string("the run has not begun") : reloader->reload();
      });
  observing = observer.get();
  Reloader reloader(runner, console,
                    {.file = checked.file,
                     .watch = given->count("watch") > 0,
                     .check =
                         [&] {
                           const std::lock_guard lock(*loading);
                           return check_pipeline(names.front(), texts(*given, "set"), registry);
                         },
                     .expand =
                         [&kept_state](const Graph& now) {
                           kept_state.learn(now);
                           return buffers::with_buffers(now);
                         },
                     .factory = factory,
                     .reloading = [observing](bool begins) { observing->reloading(begins); },
                     .changed =
                         [observing](const Graph& now) {
                           if (holds_secrets(now)) forbid_core_files();
                           observing->graph_changed(facts_now(now));
                         }});
  reloads = &reloader;
  const runtime::RunResult result = [&] {
    const SignalGuard guard(runner, reloader);
    console.log(Level::info, "", begin_line(checked.graph, options));
    return runner.run();
  }();
  reloader.stop();
  // A model that was left behind in its fit may report an epoch yet.
  if (result.abandoned.empty()) observer.reset();
  for (const buffers::Backlog& backlog : buffered.backlogs()) {
    if (backlog.statistics.waiting_rows == 0) continue;
    console.log(Level::warning, backlog.sink,
                std::to_string(backlog.statistics.waiting_rows) + " rows wait in " +
                    backlog.folder + "; the next run stores them");
  }
  tell(runner.graph(), judgements, result, options, console, format == LogFormat::text);
  // Calls that did not return still use what main would destroy.
  if (!result.abandoned.empty()) std::_Exit(result.exit_code);
  return result.exit_code;
}

}  // namespace weir::core::cli
