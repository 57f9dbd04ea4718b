// SPDX-License-Identifier: Apache-2.0
#include "core/cli/reloader.hpp"

#include <poll.h>
#include <sys/stat.h>

#include <exception>
#include <utility>

#include "core/observe/watchdog.hpp"
#include "weir/error.hpp"

namespace weir::core::cli {
namespace {

constexpr int look_every_ms = 1000;
constexpr Duration patience = std::chrono::seconds{10};  // with a call that goes on

/// Changes when the file does, also when another is moved to its place.
std::string mark_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return "none";
  return std::to_string(found.st_ino) + " " + std::to_string(found.st_size) + " " +
         std::to_string(found.st_mtim.tv_sec) + "." + std::to_string(found.st_mtim.tv_nsec);
}

std::vector<std::string> marks_of(const std::filesystem::path& file) {
  return {mark_of(file), mark_of(file.parent_path() / ".env")};
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::string describe(const runtime::GraphChange& change) {
  if (change.empty()) return "nothing has changed";
  std::string text;
  const auto add = [&text](const std::vector<std::string>& names, const char* what) {
    if (!names.empty()) text += (text.empty() ? "" : "; ") + std::string(what) + listed(names);
  };
  add(change.changed, "made anew: ");
  add(change.added, "new: ");
  add(change.removed, "gone: ");
  return text;
}

Reloader::Reloader(runtime::Runner& runner, Console& console, ReloadParts parts)
    : runner_(runner), console_(console), parts_(std::move(parts)), seen_(marks_of(parts_.file)) {
  thread_ = std::thread([this] { watch_loop(); });
}

Reloader::~Reloader() { stop(); }

void Reloader::stop() {
  stopped_ = true;
  wake_.signal();
  if (thread_.joinable()) thread_.join();
  // One that the control socket asked for is on another thread.
  const std::lock_guard lock(mutex_);
}

void Reloader::watch_loop() {
  while (true) {
    pollfd asked{wake_.fd(), POLLIN, 0};
    const int ready = ::poll(&asked, 1, parts_.watch ? look_every_ms : -1);
    if (stopped_) return;
    if (ready > 0) {
      wake_.clear();
    } else if (!parts_.watch || !has_changed() || must_wait()) {
      continue;
    }
    told_wait_ = false;
    (void)reload();
  }
}

bool Reloader::has_changed() {
  const std::lock_guard lock(mutex_);
  return marks_of(parts_.file) != seen_;
}

bool Reloader::must_wait() {
  const std::string why = held_up(runner_.snapshot());
  if (!why.empty() && !std::exchange(told_wait_, true))
    console_.log(Level::warning, "", parts_.file.string() + " has changed: " + why);
  return !why.empty();
}

std::string held_up(const runtime::Snapshot& snapshot) {
  for (const runtime::NodeStats& node : snapshot.nodes) {
    const Duration took = snapshot.now - node.call_since;
    if (node.call.empty() || took < patience) continue;
    return node.name + " has been in its call of " + std::string(node.call) + " for " +
           observe::spoken(took) + ", and a reload waits for every call to return";
  }
  return {};
}

std::string Reloader::reload() {
  const std::lock_guard lock(mutex_);
  if (stopped_) return "the run is ending";
  parts_.reloading(true);
  std::string said;
  try {
    if (const std::string why = held_up(runner_.snapshot()); !why.empty())
      throw Error(why + "; ask again then");
    seen_ = marks_of(parts_.file);
    const CheckedPipeline checked = parts_.check();
    if (checked.ok()) {
      const Graph graph = parts_.expand(checked.graph);
      const auto change = runner_.request_reload(graph, parts_.factory(checked.graph));
      if (!change.empty()) parts_.changed(graph);
      said = "reloaded " + parts_.file.string() + ": " + describe(change);
      console_.log(Level::info, "", said);
    } else {
      print_problems(checked);
      said = "not reloaded: " + parts_.file.string() +
             " has problems (see the log); the pipeline that runs goes on";
      console_.log(Level::error, "", said);
    }
  } catch (const std::exception& problem) {
    said = std::string("not reloaded: ") + problem.what() + "; the pipeline that runs goes on";
    console_.log(Level::error, "", said);
  }
  parts_.reloading(false);
  return said;
}

}  // namespace weir::core::cli
