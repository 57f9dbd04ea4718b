// SPDX-License-Identifier: Apache-2.0
#include "core/cli/pipeline_run.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/buffers/buffered_graph.hpp"
#include "core/cli/node_factory.hpp"
#include "core/cli/signal_guard.hpp"
#include "core/cli/watching.hpp"
#include "core/privileges/drop.hpp"
#include "core/privileges/secrets.hpp"

namespace weir::core::cli {
namespace {

std::string begin_line(const Graph& graph, const runtime::RunOptions& options) {
  const std::string time =
      options.run_for ? "for " + to_text(*options.run_for) : "until it ends or is stopped";
  return "runs " + graph.name + " (" + std::to_string(graph.nodes.size()) + " nodes) " + time;
}

}  // namespace

PipelineRun::PipelineRun(CheckedPipeline checked, Registry& registry, Console& console,
                         std::function<CheckedPipeline()> check, PipelineRunSettings settings)
    : checked_(std::move(checked)),
      registry_(registry),
      console_(console),
      check_(std::move(check)),
      settings_(std::move(settings)),
      // What needs rights is opened once; then they go, before any node or thread exists.
      kept_(open_privileged(checked_.graph)) {
  give_up_rights();
  if (holds_secrets(checked_.graph)) forbid_core_files();
  state_.emplace(checked_.graph, settings_.state / "nodes", console_);
  buffers_.emplace(settings_.state / "buffers" / checked_.graph.name, disk_);
}

PipelineRun::~PipelineRun() = default;

/// Root, capabilities: from here on nothing of it is left. Says so where it changes who runs.
void PipelineRun::give_up_rights() {
  const char* sudo = std::getenv("SUDO_UID");
  const Rights rights = current_rights();
  const auto user =
      choose_user(rights, settings_.user,
                  sudo == nullptr ? std::nullopt : std::optional<std::string>(sudo), find_user);
  drop_rights(user);
  if (user) {
    console_.log(Level::info, "", "started by root, goes on as user " + user->name);
  } else if (rights.is_root() && !settings_.user) {
    console_.log(Level::info, "", "runs as root without capabilities; --user NAME leaves root too");
  }
}

ForecastListener PipelineRun::listener() {
  ForecastListener listener;
  listener.epoch = [this](const std::string& node, const EpochRecord& record) {
    console_.epoch(node, record);
    observer_->beat(node);
  };
  listener.judged = [this](const std::string& node, const std::vector<Evaluation>& evaluations) {
    console_.learned(node);
    const std::lock_guard lock(judging_);
    judgements_[node] = evaluations;
  };
  return listener;
}

runtime::Factory PipelineRun::factory(const Graph& graph) {
  return buffers_->factory(
      make_factory(graph, listener(), model_finder(registry_, loading_), &kept_));
}

Graph PipelineRun::expand(const Graph& graph) {
  state_->learn(graph);
  return buffers::with_buffers(graph);
}

ReloadParts PipelineRun::reload_parts() {
  ReloadParts parts;
  parts.file = checked_.file;
  parts.watch = settings_.watch;
  parts.check = [this] {
    const std::lock_guard lock(*loading_);
    return check_();
  };
  parts.expand = [this](const Graph& graph) { return expand(graph); };
  parts.factory = [this](const Graph& graph) { return factory(graph); };
  parts.reloading = [this](bool begins) { observer_->reloading(begins); };
  parts.changed = [this](const Graph& graph) {
    if (holds_secrets(graph)) forbid_core_files();
    observer_->graph_changed(facts_now(graph));
  };
  return parts;
}

int PipelineRun::go(runtime::RunOptions options) {
  options.query = [this](const std::string& node, const char* extension) {
    return kept_.query(node, extension);
  };
  options.state = state_->store();
  const Graph graph = expand(checked_.graph);
  runtime::Runner runner(graph, factory(checked_.graph), options);
  std::atomic<Reloader*> reloads{nullptr};
  observer_ = watch(graph, runner, options.taps, settings_.observer, [&reloads] {
    Reloader* reloader = reloads.load();
    return reloader == nullptr ? std::string("the run has not begun") : reloader->reload();
  });
  Reloader reloader(runner, console_, reload_parts());
  reloads = &reloader;
  const runtime::RunResult result = [&] {
    const SignalGuard guard(runner, reloader);
    console_.log(Level::info, "", begin_line(checked_.graph, options));
    return runner.run();
  }();
  reloader.stop();
  // A model that was left behind in its fit may report an epoch yet.
  if (result.abandoned.empty()) observer_.reset();
  tell_backlogs();
  tell(runner.graph(), result, options.dead_letter_dir);
  // Calls that did not return still use what this object and main would destroy.
  if (!result.abandoned.empty()) std::_Exit(result.exit_code);
  return result.exit_code;
}

void PipelineRun::tell_backlogs() const {
  for (const buffers::Backlog& backlog : buffers_->backlogs()) {
    if (backlog.statistics.waiting_rows == 0) continue;
    console_.log(Level::warning, backlog.sink,
                 std::to_string(backlog.statistics.waiting_rows) + " rows wait in " +
                     backlog.folder + "; the next run stores them");
  }
}

/// Machines get the summary as one line of the log, people as a text on standard output.
void PipelineRun::tell(const Graph& graph, const runtime::RunResult& result,
                       const std::filesystem::path& dead_letters) {
  console_.clear_bars();
  for (const std::string& reason : result.reasons) console_.log(Level::error, "", reason);
  if (settings_.for_people) {
    const std::filesystem::path letters = dead_letters / graph.name;
    std::fputs(run_summary(graph, result.stats, letters.string()).c_str(), stdout);
    std::fputs(forecast_summary(judgements_).c_str(), stdout);
    std::fflush(stdout);
    return;
  }
  std::uint64_t rows = 0;
  for (const runtime::NodeStats& node : result.stats.nodes) rows += node.rows_in;
  console_.log(Level::info, "",
               "ended with " + std::to_string(result.exit_code) + " after " + std::to_string(rows) +
                   " rows");
}

}  // namespace weir::core::cli
