// SPDX-License-Identifier: Apache-2.0
// How a run ends.
#include <algorithm>
#include <utility>

#include "core/runtime/engine.hpp"

namespace weir::core::runtime {

bool Engine::over() const {
  if (stage_ == Stage::forced) return true;
  return std::all_of(actors_.begin(), actors_.end(), [&](const auto& actor) {
    return actor->over() && !actor->busy && decide(*actor, now()).state != Decision::State::run;
  });
}

Duration Engine::tick(Lock& lock) {
  const int stops = stop_requests_.load();
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
    log(Level::info, nullptr, "the time of the run has passed: sources end");
    for (const auto& actor : actors_) {
      if (actor->source) end_source(*actor);
    }
  }
  if (stage_ == Stage::stopping && now() >= gives_up_at_ && !over()) force();
  release(lock);
  return stage_ == Stage::stopping ? gives_up_at_ : ends_at_;
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
  log(Level::info, nullptr, why);
  for (const auto& actor : actors_) {
    actor->not_before = std::min(actor->not_before, now());
    if (actor->source) end_source(*actor);
  }
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
    std::size_t rows = actor->held_rows();
    for (const Edge* edge : actor->inputs) rows += edge->rows();
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
