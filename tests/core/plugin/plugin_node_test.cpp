// SPDX-License-Identifier: Apache-2.0
// Nodes of the SDK behind the C boundary, without a library between.
#include "core/plugin/plugin_node.hpp"

#include <gtest/gtest.h>

#include "weir/plugin.hpp"

namespace weir::core {
namespace {

struct Router {
  static constexpr auto name = "router", summary = "Sends each input to the port of its number.";
  static constexpr auto outputs = std::array{port("first", ""), port("second", "")};
  struct Options {
    std::string word;
    Duration pause{};
    std::vector<std::int64_t> numbers;
    std::map<std::string, double> weights;
    bool loud = false;
    static constexpr auto fields =
        std::tuple{field(&Options::word, "word", ""), field(&Options::pause, "pause", ""),
                   field(&Options::numbers, "numbers", ""), field(&Options::weights, "weights", ""),
                   field(&Options::loud, "loud", "")};
  } options;

  void process(Input input, Output& output) {
    output.emit(input.batch.renamed(std::string(input.node) + "." + std::string(input.port)),
                input.index == 0 ? "first" : "second");
    output.wake_at(Timestamp{std::chrono::seconds(7)});
  }
  void end_input(std::size_t input, Output& output) {
    say("end of " + std::to_string(input), output);
  }
  void on_time(Timestamp now, Output& output) { say("at " + to_text(now), output); }
  void finish(Reason reason, Output& output) {
    say(reason == Reason::ended ? "ended" : "stopping", output);
  }

 private:
  void say(const std::string& what, Output& output) {
    BatchBuilder rows("said");
    const auto word = rows.tag("word");
    const auto sum = rows.field<double>("sum");
    double total = options.loud ? 1000 : 0;
    for (const std::int64_t number : options.numbers) total += static_cast<double>(number);
    for (const auto& [key, weight] : options.weights) total += weight;
    rows.row(options.pause.count()).set(word, options.word + what).set(sum, total);
    output.emit(rows.build());
  }
};

struct Collected final : Emitter {
  void emit(std::uint32_t port, Batch batch) override {
    batches.emplace_back(port, std::move(batch));
  }
  void wake_at(Timestamp time) override { wish = time; }
  std::vector<std::pair<std::uint32_t, Batch>> batches;
  Timestamp wish{};
};

std::unique_ptr<NodeInstance> make_router(const OptionValues& options) {
  static weir_host host{};
  host.size = sizeof host;
  const weir_node_type& type = *detail::Adapter<Router>::type();
  auto description = std::make_shared<const NodeDescription>(parse_description(type.description));
  return create_plugin_node(type, description, host, "router", options,
                            {{"ping", "out"}, {"grid", "late"}});
}

Batch one_row() {
  BatchBuilder rows("numbers");
  rows.row(1).set(rows.field<double>("value"), 2.0);
  return rows.build();
}

TEST(PluginNode, InputsPortsAndWishes) {
  const auto node = make_router({});
  Collected out;
  node->open();
  node->process(1, one_row(), out);
  node->process(0, one_row(), out);
  ASSERT_EQ(out.batches.size(), 2U);
  EXPECT_EQ(out.batches[0].first, 1U);
  EXPECT_EQ(out.batches[0].second.measurement(), "grid.late");
  EXPECT_EQ(out.batches[1].first, 0U);
  EXPECT_EQ(out.batches[1].second.measurement(), "ping.out");
  EXPECT_EQ(out.wish, Timestamp{std::chrono::seconds(7)});
}

TEST(PluginNode, OptionsOfEachTypeAndTheRestOfLife) {
  const auto node =
      make_router({{"word", {std::string("I say ")}},
                   {"pause", {std::int64_t{5}}},
                   {"numbers", {OptionValue::List{{std::int64_t{1}}, {std::int64_t{2}}}}},
                   {"weights", {OptionValue::Map{{"a", {0.25}}, {"b", {0.5}}}}},
                   {"loud", {true}}});
  Collected out;
  node->open();
  node->end_input(1, out);
  node->on_time(Timestamp{}, out);
  node->flush();
  node->finish(Reason::stopping, out);
  ASSERT_EQ(out.batches.size(), 3U);
  EXPECT_EQ(out.batches[0].second.column("word").text(0), "I say end of 1");
  EXPECT_EQ(out.batches[0].second.column("sum").number(0), 1003.75);
  EXPECT_EQ(out.batches[0].second.times()[0], 5);
  EXPECT_EQ(out.batches[1].second.column("word").text(0), "I say at 1970-01-01T00:00:00Z");
  EXPECT_EQ(out.batches[2].second.column("word").text(0), "I say stopping");
}

TEST(PluginNode, WhatTheEngineRefusesToTakeComesBackAsItIs) {
  struct Full final : Emitter {
    void emit(std::uint32_t, Batch) override { throw Fatal("the engine is full"); }
    void wake_at(Timestamp) override {}
  } full;
  const auto node = make_router({});
  node->open();
  EXPECT_THROW(node->process(0, one_row(), full), Fatal);
}

}  // namespace
}  // namespace weir::core
