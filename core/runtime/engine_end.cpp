// SPDX-License-Identifier: Apache-2.0
// How a run ends.
#include <algorithm>
#include <utility>

#include "core/runtime/engine.hpp"

namespace weir::core::runtime {

bool Engine::over() const {
  if (stage_ == Stage::forced) return true;
  if (paused_) {
    return std::none_of(actors_.begin(), actors_.end(),
                        [](const auto& actor) { return actor->busy; });
  }
  return std::all_of(actors_.begin(), actors_.end(), [&](const auto& actor) {
    return actor->over() && !actor->busy && decide(*actor, now()).state != Decision::State::run;
  });
}

Duration Engine::tick(Lock& lock) {
  world_->ticks.fetch_add(1);
  const int stops = world_->stop_requests.load();
  if (stops > stops_seen_) {
    const bool first = std::exchange(stops_seen_, stops) == 0;
    interrupted_ = true;
    if (stage_ == Stage::running) {
      begin_stop("stopping: sources end first, then everything drains within " + to_text(grace_));
    }
    if (!first || stops > 1) force();
  }
  if (stage_ == Stage::running && now() >= ends_at_) {
    ends_at_ = Duration::max();
    time_is_up_ = true;
    log(Level::info, nullptr, "the time of the run has passed: sources end");
    for (const auto& actor : actors_) {
      if (actor->source && !actor->replays()) end_source(*actor);
    }
  }
  if (stage_ == Stage::stopping && now() >= replays_end_at_) end_replays();
  if (stage_ == Stage::stopping && now() >= gives_up_at_ && !over()) force();
  release(lock);
  return stage_ == Stage::stopping ? std::min(gives_up_at_, replays_end_at_) : ends_at_;
}

void Engine::go_on(const std::string& why) {
  paused_ = false;
  log(Level::warning, nullptr, why);
}

void Engine::end_source(Actor& actor) {
  if (actor.over()) return;
  actor.ending = true;
  actor.not_before = Duration{0};
  // A source that is down has nothing to finish.
  if (actor.reopen && !actor.busy) finished(actor);
}

void Engine::finished(Actor& actor) {
  actor.phase = Actor::Phase::finished;
  for (Edge* edge : actor.out_edges) edge->end();
}

void Engine::begin_stop(const std::string& why) {
  stage_ = Stage::stopping;
  world_->stop.raise();
  gives_up_at_ = now() + grace_;
  replays_end_at_ = gives_up_at_ - std::min<Duration>(grace_ / 4, std::chrono::seconds{2});
  log(Level::info, nullptr, why);
  for (const auto& actor : actors_) {
    actor->not_before = std::min(actor->not_before, now());
    if (actor->source && !actor->replays()) end_source(*actor);
    if (actor->fed_from != nullptr && actor->retry.count() > 0 && !actor->busy) let_go(*actor);
  }
}

/// What is still on disk then is for the next run; what is in the sinks' queues can be stored yet.
void Engine::end_replays() {
  replays_end_at_ = Duration::max();
  for (const auto& actor : actors_) {
    if (actor->replays()) end_source(*actor);
  }
}

/// All rows of this sink are on disk, and the run would last for it alone. One that stops is not
/// kept waiting at all, one whose sources have ended for as long as the grace.
bool Engine::nobody_waits_for(const Actor& sink) const {
  if (stage_ != Stage::running) return true;
  const Actor& buffer = *actors_[sink.fed_from->index - 1];
  return buffer.over() && now() - sink.retrying_since >= grace_;
}

/// A run that stops does not wait for a server that is away: the rows stay on disk.
void Engine::let_go(Actor& actor) {
  if (actor.over()) return;
  const std::string what = "cannot store now: its rows wait in its buffer for the next run";
  log(Level::warning, &actor, what);
  if (stage_ == Stage::running) {
    failed_ = true;
    reasons_.push_back(actor.node->name + ": " + what);
  }
  give_back(actor);
  actor.instance.reset();
  finished(actor);
  end_source(*actor.fed_from);
}

void Engine::fail_run(const std::string& reason) {
  failed_ = true;
  reasons_.push_back(reason);
  log(Level::error, nullptr, reason);
  if (stage_ == Stage::running) {
    begin_stop("stopping after a failure");
  } else {
    force();
  }
}

void Engine::fail(Lock& lock, const std::string& reason) {
  fail_run(reason);
  release(lock);
}

void Engine::force() {
  if (stage_ == Stage::forced) return;
  stage_ = Stage::forced;
  world_->stop.raise();
  for (const auto& actor : actors_) {
    if (actor->busy) abandoned_.push_back(actor->node->name);
  }
  for (auto& line : left_over()) {
    log(Level::warning, nullptr, line);
    reasons_.push_back(std::move(line));
  }
}

std::vector<std::string> Engine::left_over() const {
  std::vector<std::string> lines;
  for (const auto& actor : actors_) {
    std::size_t rows = actor->rows_at_risk();
    for (const Edge* edge : actor->inputs) rows += edge->rows_at_risk();
    if (actor->busy) {
      lines.push_back(actor->node->name + " was still in its call of " +
                      std::string(to_string(actor->call)));
    }
    if (rows > 0) {
      lines.push_back(std::to_string(rows) + " rows that " + actor->node->name +
                      " had not dealt with are lost");
    }
  }
  return lines;
}

RunResult Engine::result() {
  RunResult result;
  {
    const std::lock_guard lock(mutex_);
    result.interrupted = interrupted_;
    result.reasons = reasons_;
    result.abandoned = abandoned_;
    result.exit_code = failed_ ? 1 : interrupted_ ? 130 : 0;
  }
  result.stats = snapshot();
  world_->outside->close();
  return result;
}

}  // namespace weir::core::runtime
