// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Pipelines of C++ fakes: no plugin, no file, no network.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/graph/graph.hpp"
#include "core/plugin/node_instance.hpp"
#include "core/runtime/runner.hpp"
#include "core/runtime/simulated_executor.hpp"
#include "core/runtime/trace.hpp"
#include "weir/batch.hpp"

namespace weir::core::runtime {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline const Timestamp start_time{seconds{1'800'000'000}};

/// Rows first … first + count - 1, each with its number as time (ns) and value.
inline Batch numbers(std::int64_t first, std::size_t count) {
  BatchBuilder rows("numbers");
  const auto value = rows.field<std::int64_t>("value");
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = first + static_cast<std::int64_t>(i);
    rows.row(number).set(value, number);
  }
  return rows.build();
}

inline void append_numbers(const Batch& batch, std::vector<std::int64_t>& to) {
  const auto values = batch.column("value").integers();
  to.insert(to.end(), values.begin(), values.end());
}

inline std::vector<std::int64_t> count_up(std::int64_t first, std::size_t count) {
  std::vector<std::int64_t> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(first + static_cast<std::int64_t>(i));
  return all;
}

/// A node whose calls are functions; what is not set does nothing.
struct Fake : NodeInstance {
  const weir_host* host = nullptr;
  std::function<void()> on_open = [] {};
  std::function<Next(Emitter&)> on_produce = [](Emitter&) -> Next { return End{}; };
  std::function<void(std::uint32_t, const Batch&, Emitter&)> on_process =
      [](std::uint32_t, const Batch& batch, Emitter& out) { out.emit(0, batch); };
  std::function<void(std::uint32_t, Emitter&)> on_end = [](std::uint32_t, Emitter&) {};
  std::function<void(Timestamp, Emitter&)> on_timer = [](Timestamp, Emitter&) {};
  std::function<void()> on_flush = [] {};
  std::function<void(Reason, Emitter&)> on_finish = [](Reason, Emitter&) {};

  bool listens = false;
  std::function<void(std::span<const std::uint64_t>)> on_acknowledge =
      [](std::span<const std::uint64_t>) {};

  std::uint32_t version = 0;
  std::function<std::string()> on_save = [] { return std::string(); };
  std::function<void(std::uint32_t, std::string_view)> on_load = [](std::uint32_t,
                                                                    std::string_view) {};

  void open() override { on_open(); }
  [[nodiscard]] std::uint32_t state_version() const override { return version; }
  [[nodiscard]] std::string save_state() override { return on_save(); }
  void load_state(std::uint32_t of, std::string_view bytes) override { on_load(of, bytes); }
  [[nodiscard]] bool takes_acknowledgements() const override { return listens; }
  void acknowledge(std::span<const std::uint64_t> tokens) override { on_acknowledge(tokens); }
  [[nodiscard]] Next produce(Emitter& out) override { return on_produce(out); }
  void process(std::uint32_t input, const Batch& batch, Emitter& out) override {
    on_process(input, batch, out);
  }
  void end_input(std::uint32_t input, Emitter& out) override { on_end(input, out); }
  void on_time(Timestamp now, Emitter& out) override { on_timer(now, out); }
  void flush() override { on_flush(); }
  void finish(Reason reason, Emitter& out) override { on_finish(reason, out); }
};

[[nodiscard]] inline Timestamp now(const Fake& fake) {
  return Timestamp{Duration{fake.host->now(fake.host->self)}};
}

using Setup = std::function<void(Fake&)>;

/// A graph by hand, and what makes its nodes.
class Net {
 public:
  Net() { graph_.name = "test"; }

  /// `inputs`: "node" or "node.port".
  GraphNode& add(const std::string& name, Kind kind, const std::vector<std::string>& inputs,
                 Setup setup, Order order = Order::any, bool live = false) {
    auto description = std::make_shared<NodeDescription>();
    description->name = "fake";
    description->kind = kind;
    description->live = live;
    description->order = order;
    for (const char* port : ports) description->outputs.push_back({port, ""});
    GraphNode node;
    node.name = name;
    node.plugin = "fake";
    node.description = description;
    for (const auto& input : inputs) node.inputs.push_back(find(input));
    graph_.nodes.push_back(std::move(node));
    setups_[name] = std::move(setup);
    return graph_.nodes.back();
  }
  GraphNode& source(const std::string& name, Setup setup, bool live = false) {
    return add(name, Kind::source, {}, std::move(setup), Order::any, live);
  }
  GraphNode& transform(
      const std::string& name, const std::vector<std::string>& inputs, Setup setup = [](Fake&) {},
      Order order = Order::any) {
    return add(name, Kind::transform, inputs, std::move(setup), order);
  }
  GraphNode& sink(const std::string& name, const std::vector<std::string>& inputs, Setup setup) {
    return add(name, Kind::sink, inputs, std::move(setup));
  }

  [[nodiscard]] Graph graph() const { return graph_; }
  [[nodiscard]] Factory factory() const {
    return [setups = setups_](const GraphNode& node, const weir_host& host) {
      auto fake = std::make_unique<Fake>();
      fake->host = &host;
      setups.at(node.name)(*fake);
      return fake;
    };
  }
  [[nodiscard]] RunResult run(RunOptions options) const {
    Runner runner(graph(), factory(), std::move(options));
    return runner.run();
  }

 private:
  [[nodiscard]] GraphInput find(const std::string& input) const {
    const std::string name = input.substr(0, input.find('.'));
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].name != name) continue;
      if (name.size() == input.size()) return {i, 0};
      return {i, port_number(input.substr(name.size() + 1))};
    }
    throw Error("the test has no node " + name);
  }

  static constexpr const char* ports[] = {"out", "rejected", "late"};
  [[nodiscard]] static std::uint32_t port_number(std::string_view name) {
    for (std::uint32_t i = 0; i < std::size(ports); ++i) {
      if (name == ports[i]) return i;
    }
    throw Error("fakes have no port " + std::string(name));
  }

  Graph graph_;
  std::map<std::string, Setup> setups_;
};

/// A replayable source of `batches` batches of `rows` rows.
inline Setup counting(std::size_t batches, std::size_t rows, std::int64_t first = 0) {
  return [=](Fake& fake) {
    auto sent = std::make_shared<std::size_t>(0);
    fake.on_produce = [=](Emitter& out) -> Next {
      if (*sent == batches) return End{};
      out.emit(0, numbers(first + static_cast<std::int64_t>(*sent * rows), rows));
      ++*sent;
      return Again{};
    };
  };
}

/// A source of one row a `period`, without end.
inline Setup ticking(Duration period) {
  return [=](Fake& fake) {
    auto next = std::make_shared<std::int64_t>(0);
    fake.on_produce = [=, &fake](Emitter& out) -> Next {
      out.emit(0, numbers((*next)++, 1));
      return Wait{now(fake) + period};
    };
  };
}

/// What a sink was given; safe to read while the run goes on.
struct Taken {
  std::vector<std::int64_t> values;
  std::mutex mutex;
  void add(const Batch& batch) {
    const std::lock_guard lock(mutex);
    append_numbers(batch, values);
  }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock(mutex);
    return values.size();
  }
};

inline Setup into(Taken& taken) {
  return [&taken](Fake& fake) {
    fake.on_process = [&taken](std::uint32_t, const Batch& batch, Emitter&) { taken.add(batch); };
  };
}

[[nodiscard]] inline const NodeStats& stats(const RunResult& result, std::string_view name) {
  for (const auto& node : result.stats.nodes) {
    if (node.name == name) return node;
  }
  throw Error("no statistics of " + std::string(name));
}

[[nodiscard]] inline std::string all_reasons(const RunResult& result) {
  std::string text;
  for (const auto& reason : result.reasons) text += reason + "\n";
  return text;
}

/// Waits, in real time, for something that another thread does; for tests of threads only.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds{1});
  }
  return true;
}

}  // namespace weir::core::runtime
