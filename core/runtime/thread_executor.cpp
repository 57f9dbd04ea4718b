// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/thread_executor.hpp"

#include <poll.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/runtime/engine.hpp"

namespace weir::core::runtime {
namespace {

using State = Decision::State;

constexpr Duration longest_sleep = std::chrono::hours{1};
constexpr Duration patience = std::chrono::milliseconds{100};

/// Sleeps until `event` is signalled, `fd` (if it is one) is readable, or `delay` has passed.
/// True when `fd` is readable.
bool sleep_on(const EventFd& event, int fd, Duration delay) {
  delay = std::clamp<Duration>(delay, Duration{0}, longest_sleep);
  const timespec timeout{static_cast<std::time_t>(delay.count() / 1'000'000'000),
                         static_cast<long>(delay.count() % 1'000'000'000)};
  // poll(2) ignores a negative descriptor.
  pollfd watched[2] = {{event.fd(), POLLIN, 0}, {fd, POLLIN, 0}};
  int ready = ::ppoll(watched, 2, &timeout, nullptr);
  if (ready > 0 && (watched[1].revents & POLLNVAL) != 0) {
    // The node gave a descriptor that is closed: only its time counts, or the thread would spin.
    watched[1] = {-1, 0, 0};
    ready = ::ppoll(watched, 2, &timeout, nullptr);
  }
  event.clear();
  return ready > 0 && watched[1].revents != 0;
}

/// What the threads of a run share. They own it together, because an abandoned one outlives the
/// run.
class Crew : public std::enable_shared_from_this<Crew> {
 public:
  Crew(std::shared_ptr<Engine> engine, std::shared_ptr<EventFd> control)
      : engine_(std::move(engine)), control_(std::move(control)), sources_(engine_->size()) {}

  void run();

 private:
  /// Of a source's thread.
  struct Berth {
    std::unique_ptr<EventFd> event;
    bool sleeping = false;
  };

  void start_threads();
  void add_worker();
  template <class Loop>
  void add_thread(const std::string& name, Loop loop);
  void source_loop(std::size_t node);
  void worker_loop();
  void sleep(Engine::Lock& lock);
  [[nodiscard]] std::optional<Task> take_any();
  void announce(std::size_t spoken_for);
  void announce_end();
  void help_stuck_pool(std::uint64_t started_before);
  void dismiss(Engine::Lock& lock);

  std::shared_ptr<Engine> engine_;
  std::shared_ptr<EventFd> control_;
  std::vector<std::thread> threads_;  // only the thread of run() touches them

  // Guarded by the engine's lock.
  std::vector<Berth> sources_;
  std::condition_variable work_;
  std::condition_variable left_;
  std::size_t workers_ = 0;
  std::size_t idle_ = 0;
  std::size_t present_ = 0;
  std::size_t cursor_ = 0;
  std::uint64_t started_ = 0;
  Duration armed_ = Duration::max();  // for when the workers that sleep have set their alarm
  bool pressed_ = false;
};

template <class Loop>
void Crew::add_thread(const std::string& name, Loop loop) {
  ++present_;
  threads_.emplace_back([self = shared_from_this(), name, loop] {
    ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
    loop(*self);
    const auto lock = self->engine_->lock();
    --self->present_;
    self->left_.notify_all();
  });
}

void Crew::add_worker() {
  ++workers_;
  add_thread("weir-worker", [](Crew& crew) { crew.worker_loop(); });
}

void Crew::start_threads() {
  std::size_t others = 0;
  for (std::size_t node = 0; node < engine_->size(); ++node) {
    if (!engine_->is_source(node)) {
      ++others;
      continue;
    }
    sources_[node].event = std::make_unique<EventFd>();
    add_thread("weir-source", [node](Crew& crew) { crew.source_loop(node); });
  }
  const std::size_t wanted = std::max<std::size_t>(2, std::thread::hardware_concurrency());
  while (workers_ < std::min(wanted, others)) add_worker();
}

void Crew::source_loop(std::size_t node) {
  Berth& berth = sources_[node];
  auto lock = engine_->lock();
  while (!engine_->over()) {
    if (auto task = engine_->take(node)) {
      engine_->perform(lock, std::move(*task));
      announce(0);
      continue;
    }
    const Decision decision = engine_->look(node);
    if (decision.state == State::over) return;
    const int fd = decision.state == State::waiting ? engine_->fd(node) : -1;
    const Duration delay = decision.wake - engine_->clock().monotonic();
    berth.sleeping = true;
    lock.unlock();
    const bool readable = sleep_on(*berth.event, fd, delay);
    lock.lock();
    berth.sleeping = false;
    if (readable) engine_->fd_ready(node);
  }
}

void Crew::worker_loop() {
  auto lock = engine_->lock();
  while (!engine_->over()) {
    if (auto task = take_any()) {
      ++started_;
      announce(0);  // what was taken has made room for its producer
      engine_->perform(lock, std::move(*task));
      announce(1);  // this thread takes the next itself
      continue;
    }
    sleep(lock);
  }
}

std::optional<Task> Crew::take_any() {
  for (std::size_t i = 0; i < engine_->size(); ++i) {
    const std::size_t node = (cursor_ + i) % engine_->size();
    if (engine_->is_source(node)) continue;
    if (auto task = engine_->take(node)) {
      cursor_ = node + 1;
      return task;
    }
  }
  return std::nullopt;
}

void Crew::sleep(Engine::Lock& lock) {
  armed_ = Duration::max();
  for (std::size_t node = 0; node < engine_->size(); ++node) {
    if (!engine_->is_source(node)) armed_ = std::min(armed_, engine_->look(node).wake);
  }
  const Duration delay = armed_ - engine_->clock().monotonic();
  ++idle_;
  work_.wait_for(lock, std::clamp<Duration>(delay, Duration{0}, longest_sleep));
  --idle_;
  // This alarm is gone, and others that sleep may have later ones: the next announce wakes one.
  armed_ = Duration::max();
}

/// Wakes who can do something. `spoken_for`: nodes that the caller's thread will take itself.
void Crew::announce(std::size_t spoken_for) {
  if (engine_->over()) return announce_end();
  std::size_t ready = 0;
  Duration wake = Duration::max();
  for (std::size_t node = 0; node < engine_->size(); ++node) {
    const Decision decision = engine_->look(node);
    Berth& berth = sources_[node];
    if (!engine_->is_source(node)) {
      if (decision.state == State::run) {
        ++ready;
      } else {
        wake = std::min(wake, decision.wake);
      }
    } else if (berth.sleeping && (decision.state == State::run || decision.state == State::over)) {
      berth.sleeping = false;
      berth.event->signal();
    }
  }
  const std::size_t wanted = ready > spoken_for ? ready - spoken_for : 0;
  if (idle_ > 0 && (wanted > 0 || wake < armed_)) {
    if (wanted > 1) {
      work_.notify_all();
    } else {
      work_.notify_one();
    }
  } else if (wanted > 0 && !pressed_ && workers_ > 0) {
    pressed_ = true;
    control_->signal();
  }
}

void Crew::announce_end() {
  work_.notify_all();
  for (const Berth& berth : sources_) {
    if (berth.event) berth.event->signal();
  }
  control_->signal();
}

/// Called when `patience` has passed since the pool was found to be fully busy.
void Crew::help_stuck_pool(std::uint64_t started_before) {
  std::size_t ready = 0;
  std::size_t others = 0;
  for (std::size_t node = 0; node < engine_->size(); ++node) {
    if (engine_->is_source(node)) continue;
    ++others;
    ready += engine_->look(node).state == State::run ? 1 : 0;
  }
  if (ready == 0 || idle_ > 0) {
    pressed_ = false;
  } else if (started_ == started_before && workers_ < others) {
    add_worker();
  }
}

void Crew::run() {
  auto lock = engine_->lock();
  start_threads();
  while (true) {
    const Duration wake = engine_->tick(lock);
    announce(0);
    if (engine_->over()) break;
    const Duration delay = wake - engine_->clock().monotonic();
    const bool pressed = pressed_;
    const std::uint64_t started_before = started_;
    lock.unlock();
    (void)sleep_on(*control_, -1, pressed ? std::min(delay, patience) : delay);
    lock.lock();
    if (pressed && !engine_->over()) help_stuck_pool(started_before);
  }
  dismiss(lock);
}

void Crew::dismiss(Engine::Lock& lock) {
  constexpr auto last_moment = std::chrono::milliseconds{50};
  const auto all_left = [&] { return present_ == 0; };
  bool left = true;
  if (engine_->forced()) {
    left = left_.wait_for(lock, last_moment, all_left);
  } else {
    left_.wait(lock, all_left);
  }
  lock.unlock();
  for (std::thread& thread : threads_) {
    if (left) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  threads_.clear();
}

}  // namespace

ThreadExecutor::ThreadExecutor() : control_(std::make_shared<EventFd>()) {}

void ThreadExecutor::run(const std::shared_ptr<Engine>& engine) {
  std::make_shared<Crew>(engine, control_)->run();
}

bool ThreadExecutor::wait_until(World& world, Timestamp time) {
  while (!world.stop.raised()) {
    const Timestamp now = world.clock->now();
    if (time <= now) return true;
    if (world.stop.wait_for(std::min(time - now, longest_sleep))) return false;
  }
  return false;
}

}  // namespace weir::core::runtime
