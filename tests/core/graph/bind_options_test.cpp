// SPDX-License-Identifier: Apache-2.0
#include "core/graph/bind_options.hpp"

#include <gtest/gtest.h>

#include "shelf.hpp"

namespace weir::core::testing {
namespace {

OptionDescription option(const std::string& json) {
  return parse_description(R"({"name":"n","kind":"sink","options":[)" + json + "]}").options.at(0);
}

struct Result {
  std::optional<OptionValue> value;
  std::string problems;
};

/// The value that `yaml` becomes under an option of this type.
Result bind_one(const std::string& json, const std::string& yaml) {
  config::Loaded loaded = config::load_pipeline_text(
      "f.yaml", "v: " + yaml + "\n", [](const std::string&) { return std::nullopt; });
  EXPECT_FALSE(loaded.problems.has_errors()) << loaded.problems.render();
  Result result;
  result.value =
      bind_value(loaded.document.root.entries.at(0).value, option(json), loaded.problems);
  for (const config::Problem& problem : loaded.problems.all()) {
    result.problems += problem.message + (problem.hint.empty() ? "" : " | " + problem.hint) + "\n";
  }
  return result;
}

void expect_value(const std::string& json, const std::string& yaml, const OptionValue& value) {
  const Result result = bind_one(json, yaml);
  EXPECT_EQ(result.problems, "") << yaml;
  ASSERT_TRUE(result.value.has_value()) << yaml;
  EXPECT_EQ(*result.value, value) << yaml;
}

void expect_problem(const std::string& json, const std::string& yaml, const std::string& problem) {
  const Result result = bind_one(json, yaml);
  EXPECT_FALSE(result.value.has_value()) << yaml;
  EXPECT_EQ(result.problems, problem + "\n") << yaml;
}

TEST(BindValue, Scalars) {
  expect_value(R"({"name":"o","type":"bool"})", "yes", {true});
  expect_value(R"({"name":"o","type":"bool"})", "false", {false});
  expect_value(R"({"name":"o","type":"integer"})", "-5", {std::int64_t{-5}});
  expect_value(R"({"name":"o","type":"integer"})", "\"9223372036854775807\"",
               {std::int64_t{9223372036854775807}});
  expect_value(R"({"name":"o","type":"double"})", "1e-3", {0.001});
  expect_value(R"({"name":"o","type":"duration"})", "1.5s", {std::int64_t{1'500'000'000}});
  expect_value(R"({"name":"o","type":"bytes"})", "64MiB", {std::int64_t{64} << 20});
  expect_value(R"({"name":"o","type":"timestamp"})", "1970-01-01T00:00:01Z",
               {std::int64_t{1'000'000'000}});
  expect_value(R"({"name":"o","type":"string"})", "5", {std::string("5")});
  expect_value(R"({"name":"o","type":"url"})", "http://[::1]:8086/x?y",
               {std::string("http://[::1]:8086/x?y")});
}

TEST(BindValue, WrongTypes) {
  expect_problem(R"({"name":"o","type":"bool"})", "maybe", "'o' needs true or false, not 'maybe'");
  expect_problem(R"({"name":"o","type":"integer"})", "1.5",
                 "'o' needs a whole number, not '1.5' | such as 10");
  expect_problem(R"({"name":"o","type":"integer"})", "9223372036854775808",
                 "'o' needs a whole number, not '9223372036854775808' | such as 10");
  expect_problem(R"({"name":"o","type":"double"})", "nan",
                 "'o' needs a number, not 'nan' | such as 0.5");
  expect_problem(R"({"name":"o","type":"double"})", "\"\"",
                 "'o' needs a number, not an empty text | such as 0.5");
  expect_problem(R"({"name":"o","type":"duration"})", "10",
                 "'o' needs a duration, not '10' | a number and its unit, such as 250ms, 10s, 5m");
  expect_problem(R"({"name":"o","type":"bytes"})", "-1",
                 "'o' needs a size, not '-1' | such as 64MiB");
  expect_problem(R"({"name":"o","type":"timestamp"})", "yesterday",
                 "'o' needs a time, not 'yesterday' | such as 2026-11-22T10:00:00Z");
  expect_problem(R"({"name":"o","type":"string"})", "[a]", "'o' needs a text, not a list");
  for (const char* url :
       {"localhost:8086", "http://", "://x", "http:///path", "\"http://a b\"", "1http://x"}) {
    expect_problem(R"({"name":"o","type":"url"})", url,
                   "'o' needs an absolute URL | such as http://127.0.0.1:8086");
  }
}

TEST(BindValue, Ranges) {
  expect_problem(R"({"name":"o","type":"integer","minimum":1,"maximum":10,"unit":"rows"})", "11",
                 "'o' must be from 1 to 10, not '11' | it is in rows");
  expect_problem(R"({"name":"o","type":"double","minimum":0.5})", "0.25",
                 "'o' must be at least 0.5, not '0.25'");
  expect_problem(R"({"name":"o","type":"duration","minimum":1e7,"maximum":3.6e12})", "1ms",
                 "'o' must be from 10ms to 1h, not '1ms'");
  expect_problem(R"({"name":"o","type":"bytes","maximum":1024})", "2KiB",
                 "'o' must be at most 1KiB, not '2KiB'");
  expect_problem(R"({"name":"o","type":"string","minimum":1})", "\"\"",
                 "'o' must be at least 1 character, not an empty text");
  expect_problem(R"({"name":"o","type":"list","items":{"type":"string"},"minimum":1})", "[]",
                 "'o' must be at least 1 entry");
}

TEST(BindValue, Choices) {
  expect_value(R"({"name":"o","type":"enum","choices":["minmax","robust"]})", "robust",
               {std::string("robust")});
  expect_problem(R"({"name":"o","type":"enum","choices":["minmax","robust"]})", "robst",
                 "'o' must be one of minmax, robust, not 'robst' | did you mean 'robust'?");
}

TEST(BindValue, Lists) {
  const std::string numbers =
      R"({"name":"o","type":"list","items":{"type":"integer","minimum":0}})";
  const OptionValue two{OptionValue::List{{std::int64_t{1}}, {std::int64_t{2}}}};
  expect_value(numbers, "[1, 2]", two);
  expect_value(numbers, "1, 2", two);
  expect_value(numbers, "\"1, 2\"", two);
  expect_problem(numbers, "[1, x]", "'o' needs a whole number, not 'x' | such as 10");
  expect_problem(numbers, "{a: 1}", "'o' needs a list, not a map | such as [a, b]");
}

TEST(BindValue, MapsAndObjects) {
  expect_value(R"({"name":"o","type":"map","items":{"type":"double"}})", "{a: 1, b: 2.5}",
               {OptionValue::Map{{"a", {1.0}}, {"b", {2.5}}}});
  const std::string object =
      R"({"name":"o","type":"object","options":[{"name":"type","type":"string","required":true},
                                 {"name":"size","type":"bytes"}]})";
  expect_value(object, "{type: disk, size: 1KiB}",
               {OptionValue::Map{{"type", {std::string("disk")}}, {"size", {std::int64_t{1024}}}}});
  expect_problem(object, "{size: 1KiB}", "'o' needs 'type'");
  expect_problem(object, "{type: disk, siz: 1}", "'o' has no option 'siz' | did you mean 'size'?");
  expect_problem(object, "{type: disk, size: x}", "'o.size' needs a size, not 'x' | such as 64MiB");
}

TEST(BindOptions, UnknownOptionAsTheDesignShowsIt) {
  const Bound bound = bind_text(
      "nodes:\n"
      "  ping:  {plugin: ping-source, targets: [a]}\n"
      "  scale: {plugin: scaler, methd: minmax, inputs: [ping]}\n"
      "  store: {plugin: store, path: x, inputs: [scale]}\n");
  EXPECT_EQ(
      bound.text(),
      "p.yaml:3:27: error: scaler has no option 'methd'\n"
      "   3 |   scale: {plugin: scaler, methd: minmax, inputs: [ping]}\n"
      "     |                           ^^^^^ did you mean 'method'? (minmax, standard, robust)\n");
}

std::string scaler_with(const std::string& options) {
  return bind_text(
             "nodes:\n  p: {plugin: ping-source, targets: [a]}\n  scale: {plugin: scaler, inputs: "
             "[p], " +
             options + "}\n  store: {plugin: store, path: x, inputs: [scale]}\n")
      .text();
}

TEST(BindOptions, MissingDeprecatedPresetAndSettings) {
  EXPECT_EQ(bind_text("nodes: {p: {plugin: ping-source}}\n").problems.all().at(0).message,
            "node 'p': ping-source needs 'targets'");
  const std::string deprecated = scaler_with("old: true");
  EXPECT_NE(deprecated.find("warning: option 'old' of scaler is deprecated"), std::string::npos);
  EXPECT_NE(deprecated.find("use method"), std::string::npos);
  EXPECT_NE(scaler_with("preset: sed").find("scaler has no preset 'sed'"), std::string::npos);
  EXPECT_NE(scaler_with("preset: sed").find("did you mean 'seed'?"), std::string::npos);
  EXPECT_NE(scaler_with("queue: 1").find("'queue' must be from 1KiB to 1024GiB, not '1'"),
            std::string::npos)
      << scaler_with("queue: 1");
  EXPECT_NE(scaler_with("buffer: {type: disk}").find("'buffer' belongs to sinks"),
            std::string::npos);
  EXPECT_EQ(scaler_with("method: ~"), "");
}

NodeSettings store_with(const std::string& buffer) {
  const Bound bound = bind_text(
      "nodes:\n  p: {plugin: ping-source, targets: [a]}\n"
      "  store: {plugin: store, path: x, inputs: [p], buffer: " +
      buffer + "}\n");
  EXPECT_EQ(bound.text(), "");
  return bound.graph.nodes.back().settings;
}

TEST(BindOptions, ABufferOnDiskIsASettingOfItsOwn) {
  const NodeSettings settings = store_with("{type: disk, max_size: 16MiB, when_full: drop_oldest}");
  ASSERT_TRUE(settings.buffer.has_value());
  EXPECT_EQ(settings.buffer->type, BufferSettings::Type::disk);
  EXPECT_EQ(settings.buffer->max_size.count, 16 << 20);
  EXPECT_EQ(settings.buffer->when_full, WhenFull::drop_oldest);
  EXPECT_EQ(settings.when_full, WhenFull::block) << "the queue in front of it waits";
  EXPECT_EQ(store_with("{type: disk}").buffer->max_size.count, 1 << 30);
}

TEST(BindOptions, ABufferInMemoryIsALargerQueue) {
  const NodeSettings settings = store_with("{type: memory, when_full: drop_oldest}");
  EXPECT_EQ(settings.queue.count, 64 << 20);
  EXPECT_EQ(settings.when_full, WhenFull::drop_oldest);
}

TEST(BindOptions, WhatTheFileSaysWinsOverThePreset) {
  const Bound bound = bind_text(
      "nodes:\n  p: {plugin: ping-source, targets: [a]}\n"
      "  scale: {plugin: scaler, inputs: [p], preset: seed, method: standard}\n"
      "  store: {plugin: store, path: x, inputs: [scale]}\n");
  EXPECT_EQ(bound.text(), "");
  EXPECT_EQ(bound.node("scale").options, (OptionValues{{"method", {std::string("standard")}}}));
}

TEST(BindOptions, SecretsAreNeverShown) {
  const std::string literal =
      bind_text(
          "nodes:\n  p: {plugin: ping-source, targets: [a]}\n"
          "  store: {plugin: store, path: x, inputs: [p], token: s3cr3t, urll: 5}\n")
          .text();
  EXPECT_EQ(literal.find("s3cr3t"), std::string::npos) << literal;
  EXPECT_NE(literal.find("'token' must be at least 8 characters"), std::string::npos) << literal;
  const std::string variable =
      bind_text(
          "nodes:\n  p: {plugin: ping-source, targets: [a]}\n"
          "  store: {plugin: store, path: x, inputs: [p], token: \"${TOKEN}\"}\n")
          .text();
  EXPECT_EQ(variable.find("hush"), std::string::npos) << variable;
  EXPECT_NE(variable.find("'token' must be at least 8 characters"), std::string::npos) << variable;
  const std::string set = bind_text(
                              "nodes:\n  p: {plugin: ping-source, targets: [a]}\n"
                              "  store: {plugin: store, path: x, inputs: [p]}\n",
                              "p.yaml", {"store.token=s3cr3t"})
                              .text();
  EXPECT_EQ(set.find("s3cr3t"), std::string::npos) << set;
}

TEST(BindOptions, IsolationAndItsLimits) {
  const Bound bound = bind_text(
      "nodes:\n"
      "  ping: {plugin: ping-source, targets: [a], isolation: process, memory_limit: 64MiB, "
      "open_files: 32, call_limit: 5s}\n"
      "  s: {plugin: store, inputs: [ping], path: x}\n");
  EXPECT_FALSE(bound.problems.has_errors()) << bound.text();
  const NodeSettings& settings = bound.node("ping").settings;
  EXPECT_EQ(settings.isolation, Isolation::process);
  EXPECT_EQ(settings.memory_limit.count, 64 << 20);
  EXPECT_EQ(settings.open_files, 32);
  EXPECT_EQ(settings.call_limit, std::chrono::seconds(5));
  EXPECT_EQ(bound.node("s").settings, NodeSettings{});
}

TEST(BindOptions, AModelCanBeIsolatedAndLimitsAloneAreWarnedOf) {
  const Bound bound = bind_text(
      "nodes:\n"
      "  ping: {plugin: ping-source, targets: [a], open_files: 32}\n"
      "  m: {plugin: drift-model, inputs: [ping], isolation: process}\n"
      "  s: {plugin: store, inputs: [m], path: x}\n");
  EXPECT_EQ(bound.node("m").settings.isolation, Isolation::process) << bound.text();
  EXPECT_NE(bound.text().find("'open_files' has no effect without isolation: process"),
            std::string::npos)
      << bound.text();
}

}  // namespace
}  // namespace weir::core::testing
