// SPDX-License-Identifier: Apache-2.0
#include "core/observe/observer.hpp"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "core/http/server.hpp"
#include "core/observe/control_path.hpp"
#include "core/observe/control_server.hpp"
#include "core/observe/health.hpp"
#include "core/observe/metrics.hpp"
#include "core/observe/notify.hpp"
#include "core/observe/tap_places.hpp"
#include "core/observe/view_json.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

namespace asio = boost::asio;

constexpr auto look_pause = std::chrono::seconds{1};
/// Until the run has started, so that whoever waits for READY=1 does not wait for a second more.
constexpr auto start_pause = std::chrono::milliseconds{50};
/// For answers that are on their way when the run has ended.
constexpr auto last_moment = std::chrono::seconds{2};

std::string monotonic_usec() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(now.tv_sec * 1'000'000LL + now.tv_nsec / 1000);
}

http::Response json_response(const Health& health) {
  http::Response response;
  response.status = health.ready() ? 200 : 503;
  response.type = "application/json";
  response.body = to_json(health) + "\n";
  return response;
}

}  // namespace

class Observer::Work {
 public:
  Work(RunFacts facts, WatchedRun run, ObserverOptions options)
      : facts_(std::move(facts)),
        run_(std::move(run)),
        options_(std::move(options)),
        notifier_(options_.notify_socket),
        watchdog_(options_.watchdog),
        timer_(io_) {
    listen();
    open_control();
    schedule(start_pause);
    thread_ = std::thread([this] { loop(); });
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  ~Work() {
    asio::post(io_, [this] { end(); });
    thread_.join();
    if (!control_path_.empty()) {
      std::error_code ignored;
      std::filesystem::remove(control_path_, ignored);
    }
  }

  void graph_changed(RunFacts facts) {
    const std::lock_guard lock(mutex_);
    facts_ = std::move(facts);
  }
  void beat(const std::string& node) {
    const std::lock_guard lock(mutex_);
    ++beats_[node];
  }
  void reloading(bool begins) {
    notifier_.tell(begins ? "RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec() : "READY=1");
  }
  [[nodiscard]] std::optional<http::Address> listens() const {
    if (http_ == nullptr) return std::nullopt;
    return http_->address();
  }

 private:
  void listen();
  void open_control();
  void use_control(const std::filesystem::path& socket);
  [[nodiscard]] ControlHandlers handlers();

  void loop();
  void end();
  void schedule(Duration pause);
  [[nodiscard]] Duration look();
  void notify(const RunView& view);
  [[nodiscard]] RunView view();
  void log(Level level, std::string_view node, const std::string& text) const {
    if (options_.log) options_.log(level, node, text);
  }

  std::mutex mutex_;
  RunFacts facts_;
  std::map<std::string, std::uint64_t> beats_;

  // What follows belongs to the thread, once it runs.
  WatchedRun run_;
  ObserverOptions options_;
  Notifier notifier_;
  Watchdog watchdog_;
  RecentLosses losses_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
  asio::steady_timer timer_;
  std::unique_ptr<http::Server> http_;
  std::unique_ptr<ControlServer> control_;
  std::filesystem::path control_path_;
  std::string told_stage_;
  std::string told_status_;
  std::uint64_t pulse_ = 0;
  std::chrono::steady_clock::time_point next_ping_;
  bool ending_ = false;
  std::thread thread_;
};

void Observer::Work::listen() {
  if (!options_.listen) return;
  if (!options_.listen->loopback() && options_.listen_token.empty()) {
    throw Error("to listen on " + to_text(*options_.listen) +
                ", which others can reach, a token is needed: --listen-token-file FILE");
  }
  std::vector<http::Route> routes{{"/",
                                   [] {
                                     http::Response index;
                                     index.body = "weir: /metrics (Prometheus), /health (JSON)\n";
                                     return index;
                                   }},
                                  {"/health", [this] { return json_response(health_of(view())); }},
                                  {"/metrics", [this] {
                                     http::Response metrics;
                                     metrics.type = metrics_type;
                                     metrics.body = metrics_text(view());
                                     return metrics;
                                   }}};
  http_ = std::make_unique<http::Server>(
      io_, http::Rules{*options_.listen, options_.listen_token, std::move(routes)});
  log(Level::info, "", "metrics and health at http://" + to_text(http_->address()) + "/");
}

/// A run whose control socket cannot be had goes on: measuring comes first.
void Observer::Work::open_control() {
  if (!options_.control.empty()) return use_control(options_.control);
  std::string trouble;
  for (const std::filesystem::path& folder : options_.control_folders) {
    try {
      prepare_control_folder(folder);
      return use_control(folder / (facts_.pipeline + ".sock"));
    } catch (const RunGoesOn& other) {
      // weir top would show the wrong one if this hid somewhere else.
      trouble = other.what();
      break;
    } catch (const Error& error) {
      trouble = error.what();
    }
  }
  if (trouble.empty()) return;
  log(Level::warning, "",
      "weir top and weir tap cannot look at this run: " + trouble +
          "; --control PATH names another");
}

void Observer::Work::use_control(const std::filesystem::path& socket) {
  control_ = std::make_unique<ControlServer>(io_, listen_at(socket), ::geteuid(), handlers());
  control_path_ = socket;
}

ControlHandlers Observer::Work::handlers() {
  ControlHandlers made;
  made.snapshot = [this] { return to_json(view()); };
  made.reload = run_.reload;
  made.stop = run_.stop;
  made.tap = [this](const std::string& node, const std::string& port) {
    if (run_.taps == nullptr) throw Error("this run has no taps");
    const auto tap = std::make_shared<runtime::Tap>(places_of(view().facts, node, port));
    run_.taps->add(tap);
    return tap;
  };
  return made;
}

void Observer::Work::loop() {
  ::pthread_setname_np(::pthread_self(), "weir-observe");
  while (!ending_) {
    try {
      io_.run();
    } catch (const std::exception& trouble) {
      log(Level::error, "", std::string("the watch of the run: ") + trouble.what());
    }
  }
  io_.restart();
  io_.run_for(last_moment);
}

void Observer::Work::end() {
  ending_ = true;
  guard_.reset();
  timer_.cancel();
  if (http_) http_->close();
  if (control_) control_->finish();
  if (told_stage_ != "stopping") notifier_.tell("STOPPING=1");
  io_.stop();
}

void Observer::Work::schedule(Duration pause) {
  timer_.expires_after(pause);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error || ending_) return;
    Duration next = look_pause;
    try {
      next = look();
    } catch (const std::exception& trouble) {
      // One look is lost, the watch goes on.
      log(Level::error, "", std::string("the watch of the run: ") + trouble.what());
    }
    schedule(next);
  });
}

/// Returns when the next look is due.
Duration Observer::Work::look() {
  const runtime::Snapshot snapshot = run_.snapshot();
  std::map<std::string, std::uint64_t> beats;
  {
    const std::lock_guard lock(mutex_);
    beats = beats_;
  }
  for (const Notice& notice : watchdog_.look(snapshot, beats)) {
    log(notice.level, notice.node, notice.text);
  }
  losses_.look(snapshot);
  if (notifier_.on()) notify(view());
  return snapshot.stage == "starting" ? Duration{start_pause} : Duration{look_pause};
}

void Observer::Work::notify(const RunView& view) {
  const std::string stage(view.snapshot.stage);
  if (stage != told_stage_) {
    if (stage == "running") notifier_.tell("READY=1");
    if (stage == "stopping") notifier_.tell("STOPPING=1");
    told_stage_ = stage;
  }
  const Health health = health_of(view);
  std::string status = health.status;
  for (const std::string& reason : health.reasons) status += "; " + reason;
  for (char& c : status) c = c == '\n' ? ' ' : c;
  if (status != told_status_) notifier_.tell("STATUS=" + status);
  told_status_ = status;
  if (!options_.notify_interval || stage == "starting") return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ping_) return;
  // Only a thread of the run that answers is alive; this one alone proves nothing.
  const std::uint64_t pulse = run_.pulse();
  if (pulse != std::exchange(pulse_, pulse)) {
    notifier_.tell("WATCHDOG=1");
    next_ping_ = now + std::min<Duration>(*options_.notify_interval, std::chrono::seconds{10});
  }
}

RunView Observer::Work::view() {
  RunView view;
  {
    const std::lock_guard lock(mutex_);
    view.facts = facts_;
  }
  view.snapshot = run_.snapshot();
  view.hangs = watchdog_.hangs();
  view.losses = losses_.losses();
  view.process = read_process_stats();
  if (view.process.start_time_seconds == 0) {  // a service may not see /proc/stat
    view.process.start_time_seconds =
        std::chrono::duration<double>(view.facts.started.time_since_epoch()).count();
  }
  return view;
}

Observer::Observer(RunFacts facts, WatchedRun run, ObserverOptions options)
    : work_(std::make_unique<Work>(std::move(facts), std::move(run), std::move(options))) {}

Observer::~Observer() = default;

void Observer::graph_changed(RunFacts facts) { work_->graph_changed(std::move(facts)); }
void Observer::reloading(bool begins) { work_->reloading(begins); }
void Observer::beat(const std::string& node) { work_->beat(node); }
std::optional<http::Address> Observer::listens() const { return work_->listens(); }

}  // namespace weir::core::observe
