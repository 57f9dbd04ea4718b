// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/simulate.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/buffers/buffered_graph.hpp"
#include "core/runtime/runner.hpp"
#include "core/runtime/simulated_executor.hpp"
#include "core/runtime/trace.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/invariants.hpp"
#include "tests/simulation/nodes.hpp"

namespace weir::simulation {
namespace {

namespace fs = std::filesystem;
using core::runtime::TraceEvent;
using std::chrono::seconds;

constexpr std::uint64_t most_calls = 200'000;  // of one life; more is a run without end
constexpr int most_starts = 10;                // of one that the disk does not let start
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
      if (plan_.nodes[i].buffer) ++verdict_.buffers;
    }
  }

  Verdict run() {
    if (say_) say_("seed " + std::to_string(plan_.seed) + "\n" + to_text(plan_));
    for (std::size_t life = 0; life < plan_.lives.size(); ++life) {
      // Whoever looks after the process starts it again.
      for (int starts = 0; starts < most_starts; ++starts) {
        begin_life();
        started_ = true;
        live(life);
        end_life();
        if (started_ || !verdict_.broken.empty()) break;
        now_ += seconds{30};
      }
      if (!verdict_.broken.empty()) break;
    }
    if (verdict_.broken.empty()) check_buffers();
    if (verdict_.broken.empty()) check_nothing_lost();
    verdict_.hash = hash_.value();
    verdict_.simulated = now_ - first_day;
    verdict_.disk_operations = disk_.operations();
    verdict_.disk_refused = disk_.refused();
    verdict_.power_cuts = disk_.power_cuts();
    return verdict_;
  }

 private:
  /// A new engine knows nothing. Replayable sources give again what is not settled at every sink,
  /// as the engine's acknowledgements tell them; live ones go on: the world did not wait.
  void begin_life() {
    ++verdict_.lives;
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      worlds_[i].ledger = {};
      worlds_[i].buffer.begin_life();
      if (plan_.nodes[i].kind == NodePlan::Kind::replayable) worlds_[i].next = first_unsettled(i);
    }
    fs::remove_all(folder_);
    refused_before_ = disk_.refused();
  }

  /// The hash of a life has what it did to the disk.
  void end_life() {
    hash_.add({"disk", core::runtime::CallKind::finish, now_,
               static_cast<std::size_t>(disk_.operations()),
               static_cast<std::size_t>(disk_.bytes()), core::runtime::Outcome::Result::done});
    disk_.end_life();
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
  /// Acknowledged, kept aside by some node, or counted as dropped on the way. What a buffer called
  /// durable is, as long as the engine lives, for the buffer to keep; at the end one looks.
  [[nodiscard]] bool settled(std::size_t sink, Id id) const {
    if (acked_[sink].contains(id) || kept_aside_.contains(id) || counted_gone_.contains(id))
      return true;
    const BufferLedger& buffer = worlds_[sink].buffer;
    return at_the_end_ ? left_[sink].contains(id) || buffer.dropped().contains(id)
                       : buffer.promised(id);
  }

  core::runtime::RunOptions options_of(std::size_t number) {
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
    return options;
  }

  void live(std::size_t number) {
    const LifePlan& plan = plan_.lives[number];
    core::runtime::RunOptions options = options_of(number);
    std::uint64_t calls = 0;
    core::runtime::Runner* running = nullptr;
    options.trace = [&](const TraceEvent& event) {
      hash_.add(event);
      if (say_) say_(core::runtime::to_text(event));
      if (disk_.power_is_off()) throw Crash{};
      disk_.follow(event.time - first_day);
      ++calls;
      ++verdict_.calls;
      if (calls > most_calls) throw Endless{};
      if (calls == plan.calls) end_early(plan.end, *running);
    };
    disk_.begin_life(plan);
    disk_.follow(now_ - first_day);
    const auto factory = disk_.factory([this](const core::GraphNode& node, const weir_host& host) {
      return make_instance(node.name, host);
    });
    core::runtime::Runner runner(core::buffers::with_buffers(make_graph(plan_)), factory, options);
    running = &runner;
    run_to_its_end(runner, *options.clock);
    note_drops(runner.snapshot());
    if (plan.cut_after) disk_.cut_power();
  }

  void run_to_its_end(core::runtime::Runner& runner, const core::runtime::Clock& clock) {
    try {
      const core::runtime::RunResult result = runner.run();
      now_ = clock.now();
      if (disk_.power_is_off()) throw Crash{};  // before the run had begun
      settle(result);
    } catch (const Crash&) {
      now_ = clock.now();
      ++verdict_.crashes;
      settle_after_crash();
    } catch (const Endless&) {
      verdict_.broken.emplace_back("no end after " + std::to_string(most_calls) + " calls");
    }
  }

  /// Of buffers that were full.
  void note_drops(const core::runtime::Snapshot& stats) {
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      if (!plan_.nodes[i].buffer) continue;
      for (const auto& [id, times] : worlds_[i].buffer.flushed_rows()) verdict_.buffered += times;
      for (const auto& node : stats.nodes) {
        const auto counter = node.counters.find("dropped_rows");
        if (node.name != entrance(plan_.nodes[i]) || counter == node.counters.end()) continue;
        dropped_on_disk_[i] += counter->second;
        verdict_.dropped_on_disk += counter->second;
      }
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
        const Id id = row.at("id").get<Id>();
        ++letters[file.path().stem().string()][id];
        kept_aside_.insert(id);
        ++verdict_.kept_aside;
      }
    }
    return letters;
  }

  void note_acknowledged(const std::map<std::string, Rows>& letters) {
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      for (const auto& [id, times] : worlds_[i].ledger.acked) acked_[i].insert(id);
      if (plan_.nodes[i].inputs.empty()) {
        for (const auto& [id, times] : worlds_[i].ledger.given) verdict_.rows += times;
      }
    }
    add_broken("", check_acknowledged(worlds_));
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      const std::string& name = plan_.nodes[i].name;
      if (!plan_.nodes[i].buffer) continue;
      if (const auto own = letters.find(name); own != letters.end()) {
        for (const auto& [id, times] : own->second) own_letters_[i].insert(id);
      }
      worlds_[i].buffer.check_life(acked_[i], own_letters_[i], worlds_[i].ledger.order);
      add_broken(name + ".buffer: ", worlds_[i].buffer.take_broken());
    }
  }
  void add_broken(const std::string& where, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) verdict_.broken.push_back(where + line);
  }

  void settle_after_crash() {
    calm_ = false;
    note_acknowledged(read_letters());
  }

  void settle(const core::runtime::RunResult& result) {
    const auto letters = read_letters();
    note_acknowledged(letters);
    ended_ = result;
    started_ = !says(result, "cannot start");
    if (!started_) return;
    const bool forced = says(result, "are lost") || held_back(result);
    const Life life{plan_, worlds_, result, letters, forced, largest_parcel(), memory_limit};
    add_broken("", check_life(life));
    calm_ = calm_ && !forced;
    for (NodeWorld& world : worlds_) {
      if (!forced && disk_.refused() == refused_before_) world.buffer.position_is_durable();
    }
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      const auto& stats = stats_of(result, entrance(plan_.nodes[i]));
      verdict_.dropped += stats.dropped_rows + stats.discarded_rows;
      // Rows said to be lost come again from their sources; dropped ones do not.
      if (stats.dropped_rows + stats.discarded_rows == 0 || plan_.nodes[i].inputs.empty()) continue;
      for (const auto& [id, times] : gone(plan_, worlds_, i, letters)) counted_gone_.insert(id);
    }
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      // A holding node that failed for good takes what it holds with it, and is named.
      if (stats_of(result, plan_.nodes[i].name).failure.empty()) continue;
      for (const auto& [id, times] : worlds_[i].ledger.held) counted_gone_.insert(id);
    }
  }

  [[nodiscard]] static bool says(const core::runtime::RunResult& result, const char* words) {
    return std::any_of(result.reasons.begin(), result.reasons.end(),
                       [&](auto& why) { return why.find(words) != std::string::npos; });
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

  /// What is on the disk at the end, after a power cut maybe.
  void check_buffers() {
    const bool exact = calm_ && disk_.refused() == 0 && disk_.power_cuts() == 0;
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
      if (!plan_.nodes[i].buffer) continue;
      const BufferLedger::Records left = disk_.read(worlds_[i]);
      for (const auto& [number, record] : left) {
        left_[i].insert(record.ids.begin(), record.ids.end());
        verdict_.left_on_disk += record.ids.size();
      }
      worlds_[i].buffer.check_end(left, dropped_on_disk_[i], exact);
      add_broken(plan_.nodes[i].name + ".buffer: ", worlds_[i].buffer.take_broken());
    }
    at_the_end_ = true;
  }

  /// In the last life every replayable source was read to its end.
  void check_nothing_lost() {
    const bool cut_short = !started_ || says(ended_, "times in a row") || says(ended_, "are lost");
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
  Disk disk_{plan_, worlds_};
  Verdict verdict_;
  core::runtime::TraceHash hash_;
  Timestamp now_ = first_day;
  std::vector<std::set<Id>> acked_ = std::vector<std::set<Id>>(plan_.nodes.size());
  std::vector<std::set<Id>> own_letters_ = acked_;  ///< of sinks, by node
  std::vector<std::set<Id>> left_ = acked_;         ///< on the disk, at the end
  std::vector<std::uint64_t> dropped_on_disk_ = std::vector<std::uint64_t>(plan_.nodes.size());
  std::set<Id> kept_aside_;
  std::set<Id> counted_gone_;
  core::runtime::RunResult ended_;
  std::uint64_t refused_before_ = 0;  ///< by the disk, before this life
  bool started_ = true;               ///< the newest life did
  bool calm_ = true;                  ///< no crash yet, and no forced end
  bool at_the_end_ = false;
};

}  // namespace

Verdict simulate(std::uint64_t seed, const fs::path& folder,
                 const std::function<void(const std::string&)>& say) {
  Verdict verdict = World(seed, folder, say).run();
  fs::remove_all(folder);
  return verdict;
}

}  // namespace weir::simulation
