// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The rules of a run: which call comes next and what its outcome means. It has no thread of its
/// own and never waits; an executor drives it.
///
/// One lock guards all state. Calls into nodes, logs and dead letters happen outside it. At the
/// rates of batches (hundreds a second, thousands of rows each) the lock costs nothing that can be
/// measured, and it makes the rules for stuck graphs and for the end of a run simple enough to be
/// right.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/runtime/actor.hpp"
#include "core/runtime/dead_letters.hpp"
#include "core/runtime/run_options.hpp"

namespace weir::core::runtime {

/// What differs between two pipelines, by the names of their nodes.
struct GraphChange {
  std::vector<std::string> added, changed, removed;
  [[nodiscard]] bool empty() const { return added.empty() && changed.empty() && removed.empty(); }
};
/// A node has changed if its plugin, its options, its settings or what feeds it has.
[[nodiscard]] GraphChange compare(const Graph& before, const Graph& after);

/// A call that has been begun and must be performed.
struct Task {
  std::size_t node = 0;
  Call call;
};

class Engine {
 public:
  using Lock = std::unique_lock<std::mutex>;

  /// `world`: null, or that of the engine that this one is to replace.
  Engine(Graph graph, Factory factory, const RunOptions& options,
         std::shared_ptr<World> world = nullptr);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// Creates and opens every node, in the order of the graph, on this thread; one whose trouble
  /// passes (RetryLater) is opened again later. False: the run cannot begin; result() says why.
  [[nodiscard]] bool start();

  /// In place of start(): takes over the nodes of an engine that has been paused, with all that
  /// they hold and all that waits between them. Only nodes that changed are finished and made anew;
  /// what such a one could not deal with waits for its successor. One that cannot be opened is
  /// tried again, as after a failure. The old engine is spent.
  void replace(Engine& old, const GraphChange& change);

  // ---- for executors ----

  [[nodiscard]] Lock lock() { return Lock(mutex_); }
  [[nodiscard]] std::size_t size() const { return actors_.size(); }
  [[nodiscard]] bool is_source(std::size_t node) const { return actors_[node]->source; }
  [[nodiscard]] World& world() { return *world_; }
  [[nodiscard]] const std::shared_ptr<World>& shared_world() const { return world_; }
  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] Clock& clock() const { return *world_->clock; }

  // The rest is called with the lock held.

  /// What the node can do now; no side effect.
  [[nodiscard]] Decision look(std::size_t node) const;
  /// Begins the call that look() names; nullopt unless its state is `run`.
  [[nodiscard]] std::optional<Task> take(std::size_t node);
  /// Makes the call, with the lock given up meanwhile, and applies its outcome.
  void perform(Lock& lock, Task task);
  /// The descriptor that a waiting source watches, or -1.
  [[nodiscard]] int fd(std::size_t node) const { return actors_[node]->fd; }
  void fd_ready(std::size_t node) { actors_[node]->fd_ready = true; }
  /// Takes note of stop requests, `run_for` and the grace. Returns when it wants to be called again
  /// (monotonic; max: only after a stop request).
  Duration tick(Lock& lock);
  /// No call is begun any more; over() as soon as none goes on.
  void pause() { paused_ = true; }
  [[nodiscard]] bool paused() const { return paused_; }
  /// After a pause; `why` nothing was replaced.
  void go_on(const std::string& why);
  /// Its sources have been told to end: nothing that is new would be.
  [[nodiscard]] bool ending() const { return stage_ != Stage::running || time_is_up_; }
  /// All nodes are done, or the run has given up, or it is paused.
  [[nodiscard]] bool over() const;
  /// The run gave up: calls that are still going on are left behind.
  [[nodiscard]] bool forced() const { return stage_ == Stage::forced; }
  /// The run cannot go on; it is stopped, and gives up if it is stopping already.
  void fail(Lock& lock, const std::string& reason);

  // ---- for whoever started the run ----

  /// Any thread, without the lock.
  [[nodiscard]] Snapshot snapshot() const;
  /// After the run. Closes the way to the caller's log and queries.
  [[nodiscard]] RunResult result();

 private:
  enum class Stage : std::uint8_t { running, stopping, forced };

  /// What has to be done once the lock is given up.
  struct Effects {
    struct Line {
      Level level;
      std::string node;
      std::string text;
    };
    struct Letter {
      std::string node;
      Batch batch;
      std::string reason;
    };
    std::vector<Line> lines;
    std::vector<Letter> letters;
    [[nodiscard]] bool empty() const { return lines.empty() && letters.empty(); }
  };

  void build();
  void add_edges(Actor& actor);
  void add_buffer(Actor& actor);
  [[nodiscard]] bool live_fed(const Actor& actor) const;
  [[nodiscard]] Outcome open(Actor& actor);
  [[nodiscard]] Call prepare(Actor& actor, const Decision& decision);
  void close_after_failed_start();
  [[nodiscard]] NodeStats stats_of(const Actor& actor) const;
  [[nodiscard]] Snapshot counted() const;
  void note_trouble(Actor& actor, const Outcome& outcome);
  void release(Lock& lock);

  // What an outcome means (engine_outcome.cpp).
  void apply(Actor& actor, Call call, Outcome outcome);
  void succeed(Actor& actor, Call call, Outcome& outcome);
  void pass_tickets(Actor& actor, const Call& call, Outcome& outcome);
  void distribute(Actor& actor, Outcome& outcome);
  void let_last_rows_wait(Actor& actor);
  void unrouted(Actor& actor, std::uint32_t port, Parcel parcel);
  void warn_of_drops(Actor& consumer, const Edge& edge);
  void take_next(Actor& actor, const Next& next);
  void relieve();

  // Trouble (engine_trouble.cpp).
  void retry_later(Actor& actor, Call call, const Outcome& outcome);
  void reject(Actor& actor, Call call, const std::string& message);
  void fail_call(Actor& actor, Call call, const std::string& message, bool crashed = false);
  void quarantine(Actor& actor, Call call, const Outcome& outcome);
  void reject_flush(Actor& actor, const std::string& message);
  void poison(Actor& actor, const Parcel& parcel, const std::string& message);
  void keep(Actor& actor, Call call);
  void fail_flush(Actor& actor, const std::string& message);
  void restart(Actor& actor, Duration delay);
  void die(Actor& actor, const std::string& message);
  void give_back(Actor& actor);
  void lay_aside(Actor& actor, const Parcel& parcel, const std::string& reason);
  void dead_letter(Actor& actor, const Parcel& parcel, const std::string& reason);

  // The state of nodes (engine_state.cpp).
  [[nodiscard]] bool begins_anew(const Actor& actor) const;
  void load_state(Actor& actor);
  [[nodiscard]] Outcome store(const Actor& actor, const StateCopy& copy);
  void note_instance(Actor& actor);
  void note_change(Actor& actor, CallKind kind);
  void copied(Actor& actor, Outcome& outcome);
  void stored(Actor& actor, const Outcome& outcome);
  void tell_save_trouble(Actor& actor, const std::string& message);
  void tear(Actor& actor);
  // Another pipeline (engine_reload.cpp).
  [[nodiscard]] Actor* actor_named(const std::string& name);
  using Names = std::set<std::string>;
  [[nodiscard]] Names made_anew(Engine& old, const GraphChange& change);
  [[nodiscard]] bool must_hear_again(const Actor& actor, const Actor& from,
                                     const Names& anew) const;
  void retire(Lock& lock, Actor& actor);
  [[nodiscard]] static Edge* fullest(const Actor& actor);
  [[nodiscard]] bool retire_call(Lock& lock, Actor& actor, Call call);
  void part(Lock& lock, Actor& actor);
  void take_over_run(Engine& old);
  static void adopt(Actor& actor, Actor& from);
  static void inherit(Actor& actor, Actor& from);
  void take_over_edge(Edge& edge, Engine& old);
  void lay_aside_rest(Actor& actor);
  void open_new(Lock& lock);

  // The end (engine_end.cpp).
  void end_source(Actor& actor);
  void finished(Actor& actor);
  void fail_run(const std::string& reason);
  void begin_stop(const std::string& why);
  void end_replays();
  [[nodiscard]] bool nobody_waits_for(const Actor& sink) const;
  void let_go(Actor& actor);
  void force();
  [[nodiscard]] std::vector<std::string> left_over() const;

  void log(Level level, const Actor* actor, std::string text);
  [[nodiscard]] Duration deadline_of(Timestamp time) const;
  [[nodiscard]] Duration now() const { return world_->clock->monotonic(); }

  Graph graph_;
  Factory factory_;
  std::shared_ptr<World> world_;
  DeadLetters dead_letters_;
  Random random_;
  std::function<void(const TraceEvent&)> trace_;
  std::shared_ptr<Taps> taps_;
  std::shared_ptr<StateStore> state_;
  Duration state_interval_;
  std::size_t memory_limit_;
  std::optional<Duration> run_for_;
  Duration grace_;

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Edge>> edges_;
  std::vector<std::unique_ptr<Actor>> actors_;
  Effects effects_;
  std::uint64_t arrivals_ = 0;
  Stage stage_ = Stage::running;
  bool started_ = false;
  bool paused_ = false;
  int stops_seen_ = 0;
  Duration ends_at_ = Duration::max();         ///< run_for
  bool time_is_up_ = false;                    ///< run_for has passed
  Duration gives_up_at_ = Duration::max();     ///< grace
  Duration replays_end_at_ = Duration::max();  ///< while stopping: leaves time for what was read
  bool interrupted_ = false;
  bool failed_ = false;
  std::vector<std::string> reasons_;
  std::vector<std::string> abandoned_;
  std::optional<Snapshot> last_;  ///< of an engine that was replaced: its nodes are another's
};

}  // namespace weir::core::runtime
