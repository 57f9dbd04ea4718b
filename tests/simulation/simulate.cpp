// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/simulate.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/runtime/runner.hpp"
#include "core/runtime/simulated_executor.hpp"
#include "core/runtime/trace.hpp"
#include "tests/simulation/invariants.hpp"
#include "tests/simulation/nodes.hpp"

namespace weir::simulation {
namespace {

namespace fs = std::filesystem;
using core::runtime::TraceEvent;
using std::chrono::seconds;

constexpr std::uint64_t most_calls = 200'000;  // of one life; more is a run without end
constexpr std::size_t memory_limit = std::size_t{1} << 20U;
constexpr Timestamp first_day{seconds{1'800'000'000}};

/// Thrown through the executor: the engine is gone in the middle of what it did.
struct Crash : std::exception {};
struct Endless : std::exception {};

class World {
 public:
  World(std::uint64_t seed, fs::path folder, const std::function<void(const std::string&)>& say)
      : plan_(make_plan(seed)), folder_(std::move(folder)), say_(say), worlds_(plan_.nodes.size()) {
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      worlds_[i].plan = &plan_.nodes[i];
      worlds_[i].index = i;
      worlds_[i].random.seed(seed * 1000 + i);
      worlds_[i].world_start = first_day;
    }
  }

  Verdict run() {
    if (say_) say_("seed " + std::to_string(plan_.seed) + "\n" + to_text(plan_));
    for (std::size_t life = 0; life < plan_.lives.size(); ++life) {
      begin_life();
      live(life);
      if (!verdict_.broken.empty()) break;
    }
    if (verdict_.broken.empty()) check_nothing_lost();
    verdict_.hash = hash_.value();
    verdict_.simulated = now_ - first_day;
    return verdict_;
  }

 private:
  /// A new engine knows nothing. Replayable sources give again what is not settled at every sink,
  /// as the engine's acknowledgements tell them; live ones go on: the world did not wait.
  void begin_life() {
    ++verdict_.lives;
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      worlds_[i].ledger = {};
      if (plan_.nodes[i].kind == NodePlan::Kind::replayable) worlds_[i].next = first_unsettled(i);
    }
    fs::remove_all(folder_);
  }

  [[nodiscard]] std::int64_t first_unsettled(std::size_t source) const {
    for (std::int64_t row = 0; row < plan_.nodes[source].rows; ++row) {
      const Id id = static_cast<Id>(source) * ids_of_a_source + row;
      for (std::size_t sink = 0; sink < worlds_.size(); ++sink) {
        if (reaches(source, sink) && !settled(sink, id)) return row;
      }
    }
    return plan_.nodes[source].rows;
  }
  [[nodiscard]] bool reaches(std::size_t source, std::size_t sink) const {
    if (plan_.nodes[sink].kind != NodePlan::Kind::sink) return false;
    const auto sources = sources_of(plan_, sink);
    return std::find(sources.begin(), sources.end(), source) != sources.end();
  }
  /// Acknowledged, kept aside by some node, or counted as dropped on the way.
  [[nodiscard]] bool settled(std::size_t sink, Id id) const {
    return acked_[sink].contains(id) || kept_aside_.contains(id) || counted_gone_.contains(id);
  }

  void live(std::size_t number) {
    const LifePlan& plan = plan_.lives[number];
    core::runtime::RunOptions options =
        core::runtime::simulated_run(now_, plan_.seed * 31 + number);
    options.grace = plan_.grace;
    options.memory_limit.count = memory_limit;
    options.dead_letter_dir = folder_;
    if (say_) {
      options.log = [this](Level, std::string_view node, std::string_view text) {
        say_(std::string(node) + ": " + std::string(text));
      };
    }
    std::uint64_t calls = 0;
    core::runtime::Runner* running = nullptr;
    options.trace = [&](const TraceEvent& event) {
      hash_.add(event);
      if (say_) say_(core::runtime::to_text(event));
      ++calls;
      ++verdict_.calls;
      if (calls > most_calls) throw Endless{};
      if (calls == plan.calls) end_early(plan.end, *running);
    };
    const auto clock = options.clock;
    core::runtime::Runner runner(
        make_graph(plan_),
        [this](const core::GraphNode& node, const weir_host& host) {
          return make_instance(node.name, host);
        },
        options);
    running = &runner;
    try {
      const core::runtime::RunResult result = runner.run();
      now_ = clock->now();
      settle(result);
    } catch (const Crash&) {
      now_ = clock->now();
      ++verdict_.crashes;
      settle_after_crash();
    } catch (const Endless&) {
      verdict_.broken.emplace_back("no end after " + std::to_string(most_calls) + " calls");
    }
  }

  static void end_early(LifePlan::End end, core::runtime::Runner& runner) {
    if (end == LifePlan::End::crash) throw Crash{};
    runner.request_stop();
    if (end == LifePlan::End::stop_twice) runner.request_stop();
  }

  std::unique_ptr<core::NodeInstance> make_instance(const std::string& name,
                                                    const weir_host& host) {
    const auto world = std::find_if(worlds_.begin(), worlds_.end(),
                                    [&](const NodeWorld& one) { return one.plan->name == name; });
    // Where a sink's buffer on disk belongs: wrap the instance of a sink here, over a simulated
    // filesystem that lives in NodeWorld beside `server` and so outlives the engine.
    return make_node(*world, host);
  }

  /// The dead letters of this life, by node.
  [[nodiscard]] std::map<std::string, Rows> read_letters() {
    std::map<std::string, Rows> letters;
    std::error_code none;
    for (const auto& file : fs::directory_iterator(folder_ / "simulated", none)) {
      std::ifstream in(file.path());
      for (std::string line; std::getline(in, line);) {
        const auto row = nlohmann::json::parse(line);
        ++letters[file.path().stem().string()][row.at("id").get<Id>()];
        kept_aside_.insert(row.at("id").get<Id>());
        ++verdict_.kept_aside;
      }
    }
    return letters;
  }

  void note_acknowledged() {
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      for (const auto& [id, times] : worlds_[i].ledger.acked) acked_[i].insert(id);
      if (plan_.nodes[i].inputs.empty()) {
        for (const auto& [id, times] : worlds_[i].ledger.given) verdict_.rows += times;
      }
    }
    auto broken = check_acknowledged(worlds_);
    verdict_.broken.insert(verdict_.broken.end(), broken.begin(), broken.end());
  }

  void settle_after_crash() {
    (void)read_letters();
    note_acknowledged();
  }

  void settle(const core::runtime::RunResult& result) {
    const auto letters = read_letters();
    note_acknowledged();
    bool lost = false;
    for (const std::string& reason : result.reasons)
      lost = lost || reason.find("are lost") != std::string::npos;
    const bool forced = lost || held_back(result);
    const Life life{plan_, worlds_, result, letters, forced, largest_parcel(), memory_limit};
    auto broken = check_life(life);
    verdict_.broken.insert(verdict_.broken.end(), broken.begin(), broken.end());
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      const auto& stats = result.stats.nodes[i];
      verdict_.dropped += stats.dropped_rows + stats.discarded_rows;
      // Rows said to be lost come again from their sources; dropped ones do not.
      if (stats.dropped_rows + stats.discarded_rows == 0 || plan_.nodes[i].inputs.empty()) continue;
      for (const auto& [id, times] : gone(plan_, worlds_, i, letters)) counted_gone_.insert(id);
    }
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      // A holding node that failed for good takes what it holds with it, and is named.
      if (result.stats.nodes[i].failure.empty()) continue;
      for (const auto& [id, times] : worlds_[i].ledger.held) counted_gone_.insert(id);
    }
    ended_ = result;
  }

  [[nodiscard]] bool held_back(const core::runtime::RunResult& result) const {
    return std::any_of(result.stats.nodes.begin(), result.stats.nodes.end(), [](const auto& node) {
      return node.state != "finished" && node.state != "failed";
    });
  }

  [[nodiscard]] std::size_t largest_parcel() const {
    std::size_t largest = 0;
    for (const NodeWorld& world : worlds_) largest = std::max(largest, world.largest);
    return largest;
  }

  /// In the last life every replayable source was read to its end.
  void check_nothing_lost() {
    const bool cut_short = std::any_of(ended_.reasons.begin(), ended_.reasons.end(), [](auto& why) {
      return why.find("times in a row") != std::string::npos ||
             why.find("are lost") != std::string::npos;
    });
    for (std::size_t source = 0; source < worlds_.size(); ++source) {
      if (plan_.nodes[source].kind != NodePlan::Kind::replayable) continue;
      // A run that gave up, or a source that failed for good, said so; the rest waits in the
      // source.
      if (cut_short || worlds_[source].next < plan_.nodes[source].rows) {
        if (ended_.exit_code == 0)
          verdict_.broken.push_back(plan_.nodes[source].name +
                                    ": not read to its end, exit code 0");
        continue;
      }
      const std::int64_t row = first_unsettled(source);
      if (row == plan_.nodes[source].rows) continue;
      verdict_.broken.push_back(plan_.nodes[source].name + ": row " + std::to_string(row) +
                                " is at no server, in no dead letters and in no count");
    }
  }

  Plan plan_;
  fs::path folder_;
  const std::function<void(const std::string&)>& say_;
  std::vector<NodeWorld> worlds_;
  Verdict verdict_;
  core::runtime::TraceHash hash_;
  Timestamp now_ = first_day;
  std::vector<std::set<Id>> acked_ = std::vector<std::set<Id>>(plan_.nodes.size());
  std::set<Id> kept_aside_;
  std::set<Id> counted_gone_;
  core::runtime::RunResult ended_;
};

}  // namespace

Verdict simulate(std::uint64_t seed, const fs::path& folder,
                 const std::function<void(const std::string&)>& say) {
  Verdict verdict = World(seed, folder, say).run();
  fs::remove_all(folder);
  return verdict;
}

}  // namespace weir::simulation
