// SPDX-License-Identifier: Apache-2.0
// Plugins that load, but misbehave when they are called: each call ends in one of our exceptions
// with a message that says what was wrong, and the engine goes on.
#include <gtest/gtest.h>
#include <cstddef>

#include "core/plugin/plugin_node.hpp"
#include "support.hpp"
#include "weir/testing.hpp"

namespace weir::core::testing {
namespace {

/// Kept loaded by the process, so that types and descriptions stay.
const NodeType& type_of(const std::string& plugin) {
  static std::map<std::string, Library> loaded;
  auto at = loaded.find(plugin);
  if (at == loaded.end()) at = loaded.emplace(plugin, load_library(hostile(plugin))).first;
  return at->second.types.at(0);
}

std::unique_ptr<NodeInstance> make(const std::string& plugin, const OptionValues& options = {}) {
  static const weir_host host = idle_host();
  const NodeType& type = type_of(plugin);
  return create_plugin_node(*type.type, type.description, host, "it", options, {{"from", "out"}});
}

Batch numbers() {
  BatchBuilder rows("numbers");
  const auto value = rows.field<double>("value");
  rows.row(1).set(value, 1.5);
  return rows.build();
}

TEST(Contained, ExceptionsFromEveryCall) {
  Collected out;
  const auto node = make("throws");
  const std::string prefix = "Error: the plugin let a C++ exception out of a C function: ";
  EXPECT_EQ(thrown_by([] {
              (void)make("throws", {{"at_once", {true}}});
            }),
            prefix + "create throws");
  EXPECT_EQ(thrown_by([&] { node->open(); }), prefix + "open throws");
  EXPECT_EQ(thrown_by([&] { node->process(0, numbers(), out); }),
            "Error: the plugin let an exception that is no std::exception out of a C function");
  EXPECT_EQ(thrown_by([&] { node->end_input(0, out); }), prefix + "end_input throws");
  EXPECT_EQ(thrown_by([&] { node->on_time(Timestamp{}, out); }), prefix + "on_time throws");
  EXPECT_EQ(thrown_by([&] { node->flush(); }), prefix + "std::bad_exception");
  EXPECT_EQ(thrown_by([&] { node->finish(Reason::ended, out); }), prefix + "finish throws");
  EXPECT_TRUE(out.batches.empty());
}

std::string said_of(const std::string& kind) {
  Collected out;
  const auto node = make("malformed", {{"kind", {kind}}});
  node->open();
  const std::string thrown = thrown_by([&] { (void)node->produce(out); });
  return thrown;
}

TEST(Contained, TheGoodBatchIsTaken) {
  Collected out;
  const auto node = make("malformed");
  EXPECT_TRUE(std::holds_alternative<End>(node->produce(out)));
  ASSERT_EQ(out.batches.size(), 1U);
  EXPECT_EQ(out.batches[0].second.column("value").doubles()[1], 2.5);
  EXPECT_EQ(out.batches[0].second.column("word").text(1), "bb");
}

TEST(Contained, ValuesThatAreNone) {
  const std::string at = "Error: node 'it', port 'out': malformed batch: ";
  EXPECT_EQ(said_of("nan"), at + "column 'value', row 1: NaN is no value; write a null");
  EXPECT_EQ(said_of("infinity"),
            at + "column 'value', row 0: an infinity is no value; write a null");
  EXPECT_EQ(said_of("nan in a null"), "nothing");
  EXPECT_EQ(said_of("no utf-8"), at + "column 'word', row 1: the text is no UTF-8");
  EXPECT_EQ(said_of("split character"), at + "column 'word', row 0: the text is no UTF-8");
  EXPECT_EQ(said_of("name no utf-8"), at + "the name of a column is no UTF-8");
}

TEST(Contained, SizesThatLie) {
  const std::string at = "Error: node 'it', port 'out': malformed batch: ";
  EXPECT_EQ(said_of("offsets back"), at + "column 'word', row 1: text offsets go back");
  EXPECT_EQ(said_of("negative offset"), at + "column 'word' has a negative text offset");
  EXPECT_EQ(said_of("huge offset"),
            at + "column 'word': bytes of text 2147483647; at most 268435456 are taken");
  EXPECT_EQ(said_of("huge length"), at + "rows 1152921504606846976; at most 16777216 are taken");
  EXPECT_EQ(said_of("negative length"), at + "negative length or offset");
  EXPECT_EQ(said_of("huge array offset"),
            at + "column 1: offset 1152921504606846976; at most 1099511627776 are taken");
  EXPECT_EQ(said_of("short column"), at + "column 'value' is shorter than the batch");
  EXPECT_EQ(said_of("no buffers"), at + "column 'value' has a wrong number of buffers");
  EXPECT_EQ(said_of("one buffer"), at + "column 'value' has a wrong number of buffers");
  EXPECT_EQ(said_of("no values"), at + "column 'value' has no values");
  EXPECT_EQ(said_of("nulls without bitmap"),
            at + "column 'value' counts nulls but has no validity bitmap");
  EXPECT_EQ(said_of("bad metadata"),
            "Error: node 'it', port 'out': malformed column metadata: more than 1024 entries");
}

TEST(Contained, LayoutsThatAreNone) {
  const std::string at = "Error: node 'it', port 'out': malformed batch: ";
  EXPECT_EQ(said_of("released"), at + "it has been released");
  EXPECT_EQ(said_of("released column"), at + "column 'value' has been released");
  EXPECT_EQ(said_of("unknown format"),
            at + "column 'value' has format 'f'; known are tsn:UTC, g, l, b, u");
  EXPECT_EQ(said_of("dictionary"), at + "column 'word' is nested or has a dictionary");
  EXPECT_EQ(said_of("no name"), at + "a column has no name");
  EXPECT_EQ(said_of("no measurement"), at + "no measurement name");
  EXPECT_EQ(said_of("not a struct"), at + "the top format is not +s");
  EXPECT_EQ(said_of("columns differ"),
            at + "schema and array differ in their columns, or have none");
  EXPECT_EQ(said_of("missing column"), at + "column 1 is missing");
  EXPECT_EQ(said_of("numeric tag"), at + "column 'value' is a tag, but holds float64");
  for (const char* kind : {"no time", "two times", "null time", "same name twice"}) {
    EXPECT_TRUE(said_of(kind).starts_with("Error: node 'it', port 'out': 'numbers' "))
        << said_of(kind);
  }
  EXPECT_EQ(said_of("unknown port"), "Error: node 'it' emitted on output 9, but declares 1");
  EXPECT_EQ(said_of("null pointer"), "Error: node 'it' emitted a null pointer");
  EXPECT_EQ(said_of("small struct"), "Error: node 'it' emitted a weir_batch of 16 bytes; " +
                                         std::to_string(offsetof(weir_batch, token)) +
                                         " are needed");
}

TEST(Contained, ARefusedBatchIsNotForgottenByReturningOk) {
  EXPECT_EQ(said_of("says nothing of it"),
            "Error: node 'it', port 'out': malformed batch: column 'value', row 1: NaN is no "
            "value; write a null");
}

TEST(Contained, EmitOutsideOfACall) {
  Collected out;
  const auto node = make("malformed");
  EXPECT_TRUE(std::holds_alternative<End>(node->produce(out)));
  EXPECT_EQ(thrown_by([&] { node->flush(); }),
            "Error: node 'it' emitted outside of a call; emit only from within one");
  EXPECT_EQ(out.batches.size(), 1U);
}

TEST(Contained, Statuses) {
  EXPECT_EQ(said_of("retry"), "RetryLater(5): the server sleeps");
  EXPECT_EQ(said_of("rejected"), "Rejected: the plugin gave no reason");
  EXPECT_EQ(said_of("fatal"), "Fatal: the plugin gave no reason");
  EXPECT_EQ(said_of("unknown status"),
            "Error: the plugin returned the unknown status 99 (the plugin gave no reason)");
  // Its batch was good, but the call failed: the caller throws the batch away.
  EXPECT_EQ(
      said_of("unknown state"),
      "Error: the plugin's produce said the unknown state 77; known are 0 again, 1 wait, 2 end");
  EXPECT_EQ(said_of("no end of message"), "Error: " + std::string(999, 'x'));
}

}  // namespace
}  // namespace weir::core::testing
