// SPDX-License-Identifier: Apache-2.0
#include "core/config/overrides.hpp"

#include <gtest/gtest.h>

#include "config_testing.hpp"

namespace weir::core::config {
namespace {

const char* const kFile =
    "nodes:\n"
    "  ping: {plugin: icmp-source, interval: 1s, targets: [a]}\n"
    "  store: {plugin: sqlite-sink, buffer: {type: memory}}\n"
    "  bare:\n";

Parsed overridden(const std::vector<std::string>& arguments, const char* file = kFile) {
  Parsed parsed = yaml(file);
  EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.render();
  apply_overrides(parsed.document, arguments, parsed.problems);
  return parsed;
}

TEST(Overrides, ChangeAddAndMakeMaps) {
  const Parsed parsed =
      overridden({"ping.interval=2s", "store.buffer.type=disk", "store.buffer.max_size=1GiB",
                  "store.labels.site.room=x=y", "bare.plugin=file-sink"});
  EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.render();
  const Node& root = parsed.document.root;
  EXPECT_EQ(at(root, {"nodes", "ping", "interval"}).text, "2s");
  EXPECT_EQ(at(root, {"nodes", "ping", "plugin"}).text, "icmp-source");
  EXPECT_EQ(at(root, {"nodes", "store", "buffer", "type"}).text, "disk");
  EXPECT_EQ(at(root, {"nodes", "store", "buffer", "max_size"}).text, "1GiB");
  EXPECT_EQ(at(root, {"nodes", "store", "labels", "site", "room"}).text, "x=y");
  EXPECT_EQ(at(root, {"nodes", "bare", "plugin"}).text, "file-sink");
}

TEST(Overrides, TheLastWins) {
  const Parsed parsed = overridden({"ping.interval=2s", "ping.interval=3s"});
  const Node& value = at(parsed.document.root, {"nodes", "ping", "interval"});
  EXPECT_EQ(value.text, "3s");
  EXPECT_EQ(value.place, (Place{"--set", 2, 15, 2}));
}

TEST(Overrides, ValuesAreTextUnlessTheyStartAsYaml) {
  const Parsed parsed =
      overridden({"ping.a=[x, 'y z']", "ping.b={c: 1}", "ping.d=\"q\\t\"", "ping.e=foo: bar # baz",
                  "ping.f=", "ping.g=~", "ping.h=- x", "ping.i=a,b", "ping.j='null'"});
  EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.render();
  const Node& ping = at(parsed.document.root, {"nodes", "ping"});
  EXPECT_EQ(at(ping, {"a"}).items.at(1).text, "y z");
  EXPECT_EQ(at(ping, {"a"}).items.at(1).place, (Place{"--set", 1, 12, 5}));
  EXPECT_EQ(at(ping, {"b", "c"}).text, "1");
  EXPECT_EQ(at(ping, {"d"}).text, "q\t");
  EXPECT_EQ(at(ping, {"e"}).text, "foo: bar # baz");
  EXPECT_TRUE(at(ping, {"f"}).is_null());
  EXPECT_TRUE(at(ping, {"g"}).is_null());
  EXPECT_EQ(at(ping, {"h"}).text, "- x");
  EXPECT_EQ(at(ping, {"i"}).text, "a,b");
  EXPECT_EQ(at(ping, {"j"}).text, "null");
}

TEST(Overrides, AnUnknownNodeIsNamed) {
  EXPECT_EQ(overridden({"ping.interval=2s", "pnig.interval=2s", "zzz.a=b"}).problems.render(),
            "--set:2:1: error: there is no node 'pnig'\n"
            "   2 | pnig.interval=2s\n"
            "     | ^^^^ did you mean 'ping'?\n"
            "--set:3:1: error: there is no node 'zzz'\n"
            "   3 | zzz.a=b\n"
            "     | ^^^ nodes of this file: ping, store, bare\n");
}

TEST(Overrides, BadArgumentsAreNamed) {
  for (const char* argument : {"", "ping", "ping.interval", "=x", "ping=x", ".a=b", "ping.=b",
                               "ping..a=b", " .a=b", "interval=2s"}) {
    const Parsed parsed = overridden({argument});
    ASSERT_EQ(parsed.problems.all().size(), 1U) << argument;
    EXPECT_EQ(parsed.problems.all()[0].message, "this names no option of a node") << argument;
  }
  EXPECT_EQ(overridden({"ping.a=\xff"}).problems.all().at(0).message,
            "this is not plain UTF-8 text");
  EXPECT_EQ(overridden({"ping.a=\x1b[0m"}).problems.all().at(0).message,
            "this is not plain UTF-8 text");
}

TEST(Overrides, NothingGoesIntoAText) {
  EXPECT_EQ(overridden({"ping.interval.x=2"}).problems.render(),
            "--set:1:6: error: 'interval' is no map, so nothing in it can be set\n"
            "   1 | ping.interval.x=2\n"
            "     |      ^^^^^^^^ it is text in line 2 of the file\n");
  EXPECT_EQ(overridden({"ping.targets.x=2"}).problems.all().at(0).message,
            "'targets' is no map, so nothing in it can be set");
}

TEST(Overrides, BadYamlKeepsItsColumn) {
  EXPECT_EQ(overridden({"ping.targets=[a, b"}).problems.render(),
            "--set:1:14: error: this '[' is not closed\n"
            "   1 | ping.targets=[a, b\n"
            "     |              ^ a ',' or ']' is missing before line 1, column 19\n");
  EXPECT_EQ(overridden({"ping.targets=[::1]:80"}).problems.has_errors(), true);
  EXPECT_EQ(overridden({"ping.a=\"b"}).problems.all().at(0).message, "this quote is never closed");
  EXPECT_EQ(overridden({"ping.a=[&x b]"}).problems.all().at(0).message,
            "anchors (&name) are not allowed");
}

TEST(Overrides, NeedNodes) {
  EXPECT_EQ(overridden({"ping.a=b"}, "description: x\n").problems.all().at(0).message,
            "this file has no nodes to set options of");
  EXPECT_EQ(overridden({"ping.a=b"}, "nodes: [ping]\n").problems.all().at(0).message,
            "this file has no nodes to set options of");
}

TEST(Overrides, AreBounded) {
  EXPECT_EQ(overridden({"ping." + repeat("a.", 100'000) + "b=1"}).problems.all().at(0).message,
            "this is nested deeper than 32 levels");
  // root, nodes, ping and 20 maps stand above the value: 9 levels are left for it
  const std::string path = "ping." + repeat("a.", 20) + "b=";
  EXPECT_TRUE(overridden({path + repeat("[", 9) + repeat("]", 9)}).problems.empty());
  EXPECT_EQ(overridden({path + repeat("[", 10) + repeat("]", 10)}).problems.all().at(0).message,
            "this is nested deeper than 32 levels");
  EXPECT_EQ(overridden({"ping.a=" + repeat("[", 100'000)}).problems.all().size(), 1U);
}

TEST(Overrides, WorkOnIniToo) {
  Parsed parsed = ini("[ping]\nplugin = icmp-source\nbuffer.type = disk\n");
  apply_overrides(parsed.document, {"ping.buffer.type=memory", "ping.x=[a]"}, parsed.problems);
  EXPECT_TRUE(parsed.problems.empty());
  EXPECT_EQ(at(parsed.document.root, {"nodes", "ping", "buffer", "type"}).text, "memory");
}

}  // namespace
}  // namespace weir::core::config
