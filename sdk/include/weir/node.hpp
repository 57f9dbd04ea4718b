// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a node meets at run time: its context, its inputs and its outputs.
///
/// A node is a default-constructible class with
///   static constexpr auto name = "…", summary = "…";     // summary: one sentence
///   struct Options { …; static constexpr auto fields = std::tuple{…}; } options;   // optional
///   void open(Context&);                                 // optional; files, sockets
/// and one of these. Short forms:
///   source     std::variant<Batch, Wait, End> produce(Context&)
///   transform  Batch process(Batch)                      // an empty batch is not passed on
///   sink       void consume(const Batch&)  [, void flush()]
///   model      see model.hpp
/// Full forms, for several ports, timers, or output at the end:
///   source     Next produce(Output&)
///   transform  void process(Input, Output&)
///   sink       void consume(const Batch&, Output&)
///   all        void end_input(std::size_t, Output&), void on_time(Timestamp, Output&),
///              void finish(Reason, Output&)              // each optional; Output& may be left out
///              of finish
/// Declarations beside name and summary, each optional:
///   static constexpr auto outputs = std::array{port(…)};  // default: "out"; sinks: none
///   static constexpr Inputs inputs{…};                    // default: 1 or more, any order
///   static constexpr bool live = true;                    // sources: the world does not wait
///   static constexpr bool holds = false;                  // transforms: see below
///   static constexpr auto presets = std::array{preset(…)};
///   static constexpr std::string_view details = "…";      // Markdown for the reference page
///   static void open_privileged(const Options&, Keeper&); // what needs rights; see Keeper
/// Delivery and state, each optional (abi.h: weir.acknowledge/1, weir.state/1):
///   void acknowledge(std::span<const std::uint64_t>)      // sources: these tokens are stored
///   std::string save_state()                              // with load_state: kept over restarts
///   void load_state(std::uint32_t version, std::string_view)
///   static constexpr std::uint32_t state_version = 1;     // of what save_state writes
/// A transform `holds` rows when what it emits may come of inputs of earlier calls. Full forms are
/// taken to, short forms not. What fed a holding node is acknowledged when its state is saved, or
/// at its end.
///
/// The engine makes one call at a time, on any thread. Waiting is not done inside a call: say Wait.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "abi.h"
#include "arrow.hpp"
#include "batch.hpp"
#include "error.hpp"
#include "ports.hpp"
#include "units.hpp"

namespace weir {

/// Call produce again at `until` (on the pipeline's clock), or sooner when `fd` becomes readable.
struct Wait {
  Timestamp until;
  int fd = -1;
};
/// Call produce again as soon as there is room.
struct Again {};
/// There is no more, ever.
struct End {};
using Next = std::variant<Again, Wait, End>;

/// Why the end has come.
enum class Reason : std::uint8_t {
  ended = WEIR_FINISH_ENDED,       ///< the input is exhausted: train, draw, take the time it takes
  stopping = WEIR_FINISH_STOPPING  ///< a signal: save and flush, start nothing new
};

/// A named set of option values: preset("seed", "As the first tool did it", R"({"epochs": 80})").
/// A pipeline takes it with `preset: seed`; options given beside it win.
struct Preset {
  std::string_view name;
  std::string_view doc;
  std::string_view options;  ///< a JSON object
};
[[nodiscard]] constexpr Preset preset(std::string_view name, std::string_view doc,
                                      std::string_view options) {
  return {name, doc, options};
}

enum class Level : std::uint8_t {
  debug = WEIR_LOG_DEBUG,
  info = WEIR_LOG_INFO,
  warning = WEIR_LOG_WARNING,
  error = WEIR_LOG_ERROR
};

/// An edge that feeds a node.
struct Edge {
  std::string node;  ///< that feeds it
  std::string port;  ///< of that node
};

/// The engine as a node sees it. A node may keep its address from open to its end.
class Context {
 public:
  explicit Context(const weir_host& host, std::string name, std::vector<Edge> inputs = {})
      : host_(&host), name_(std::move(name)), inputs_(std::move(inputs)) {}

  /// The node's name in the pipeline.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// What feeds the node, in the order of the pipeline's `inputs`.
  [[nodiscard]] std::span<const Edge> inputs() const { return inputs_; }
  /// The pipeline's clock, which a test may turn by hand. [any thread]
  [[nodiscard]] Timestamp now() const { return Timestamp{Duration{host_->now(host_->self)}}; }
  /// A clock that never goes back, for differences. [any thread]
  [[nodiscard]] Duration monotonic() const { return Duration{host_->monotonic(host_->self)}; }
  /// True when the run is to end: finish the call soon and keep the best so far. [any thread]
  [[nodiscard]] bool stopping() const { return host_->stopping(host_->self) != 0; }
  /// One line for the operator. [any thread]
  void log(Level level, std::string_view line) const {
    host_->log(host_->self, static_cast<std::int32_t>(level), line.data(), line.size());
  }
  /// Adds to a named total of this node ("late_rows"), shown by the run's summary. [any thread]
  void count(const char* counter, std::uint64_t amount = 1) const {
    host_->count(host_->self, counter, amount);
  }
  /// For what cannot say Wait: blocks until `time`; false when the run is to end. [in a call]
  [[nodiscard]] bool wait_until(Timestamp time) const {
    return host_->wait_until(host_->self, time.time_since_epoch().count()) != 0;
  }
  /// An optional ability of the engine, or nullptr. [any thread]
  [[nodiscard]] const void* query(const char* extension) const {
    return host_->query(host_->self, extension);
  }
  /// The descriptor that open_privileged kept for this node under `key`; -1: none, also where no
  /// engine is (on a test's bench). It stays the engine's: use or duplicate it, never close it.
  /// [any thread]
  [[nodiscard]] int kept(const char* key) const {
    const auto* kept = static_cast<const weir_kept*>(query(WEIR_PRIVILEGED_EXTENSION));
    return kept == nullptr ? -1 : kept->descriptor(kept->self, key);
  }

 private:
  const weir_host* host_;
  std::string name_;
  std::vector<Edge> inputs_;
};

/// Takes what a node opens while the program still has its rights (capabilities, root). The engine
/// calls open_privileged once for each node of the pipeline, on the main thread, before any node or
/// other thread exists; then it gives up all rights for good. What is kept stays open until the
/// process ends, through all restarts of the node.
///
///   static void open_privileged(const Options& options, Keeper& keeper) {
///     const int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
///     if (fd >= 0) keeper.keep("ipv4", fd);   // else open() finds it missing and says so
///   }
///   void open(Context& context) { const int fd = context.kept("ipv4"); … }
class Keeper {
 public:
  explicit Keeper(const weir_keeper& keeper) : keeper_(&keeper) {}

  /// Moves a file descriptor to the engine, also when it throws. Throws Error where it is not open
  /// or the key is taken.
  void keep(const std::string& key, int descriptor) {
    weir_error error{};
    error.size = sizeof error;
    if (keeper_->keep(keeper_->self, key.c_str(), descriptor, &error) != WEIR_OK)
      throw Error(error.message);
  }

 private:
  const weir_keeper* keeper_;
};

/// Where a call puts what it produces. What a call emits goes on only if the call succeeds.
class Output {
 public:
  Output(const weir_output& output, std::span<const Port> ports)
      : output_(&output), ports_(ports) {}

  /// Passes rows on; an empty batch is not. Port: the first, unless named. `token`: told back by
  /// acknowledge when the rows are stored; 0: nothing is.
  void emit(Batch batch, std::string_view port = {}, std::uint64_t token = 0) {
    const std::uint32_t index = index_of(port);
    if (batch.empty()) return;
    OwnedBatch moved = export_batch(batch, index);
    moved.get()->token = token;
    weir_error error{};
    error.size = sizeof error;
    if (output_->emit(output_->self, moved.get(), &error) != WEIR_OK) throw Error(error.message);
  }
  /// Asks for on_time at `time` or soon after; replaces an earlier wish.
  void wake_at(Timestamp time) { output_->wake_at(output_->self, time.time_since_epoch().count()); }

 private:
  [[nodiscard]] std::uint32_t index_of(std::string_view port) const {
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      if (port.empty() || ports_[i].name == port) return static_cast<std::uint32_t>(i);
    }
    throw Error("this node declares no output '" + std::string(port) + "'");
  }

  const weir_output* output_;
  std::span<const Port> ports_;
};

/// A batch and where it came from.
struct Input {
  std::size_t index;  ///< in Context::inputs
  std::string_view node;
  std::string_view port;
  Batch batch;
};

}  // namespace weir
