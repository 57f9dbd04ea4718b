// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config_testing.hpp"
#include "core/config/formats.hpp"

namespace weir::core::config {
namespace {

std::string problems_of(std::string_view text) { return ini(text).problems.render(); }

TEST(Ini, GivesEveryValueItsPlace) {
  const Parsed parsed =
      ini("; a comment\n"
          "description = Watch it   # why\n"
          "\n"
          "[ping]  ; first\n"
          "plugin = icmp-source\n"
          "  größe=\"é\"\n"
          "buffer.type = disk\n"
          "buffer . max_size = 1GiB\n"
          "none =\n"
          "[ grid ]\n"
          "inputs = ping, up\n");
  EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.render();
  EXPECT_EQ(printed(parsed.document.root),
            " = a map at 1:1+1\n"
            ".description(2:1+11) = 'Watch it' at 2:15+8\n"
            ".nodes(4:2+4) = a map at 4:2+4\n"
            ".nodes.ping(4:2+4) = a map at 4:2+4\n"
            ".nodes.ping.plugin(5:1+6) = 'icmp-source' at 5:10+11\n"
            ".nodes.ping.größe(6:3+5) = 'é' quoted at 6:9+3\n"
            ".nodes.ping.buffer(7:1+6) = a map at 7:1+6\n"
            ".nodes.ping.buffer.type(7:8+4) = 'disk' at 7:15+4\n"
            ".nodes.ping.buffer.max_size(8:10+8) = '1GiB' at 8:21+4\n"
            ".nodes.ping.none(9:1+4) = nothing at 9:1+4\n"
            ".nodes.grid(10:3+4) = a map at 10:3+4\n"
            ".nodes.grid.inputs(11:1+6) = 'ping, up' at 11:10+8\n");
}

TEST(Ini, SaysTheSameAsYaml) {
  const Parsed from_yaml = yaml(
      "description: Watch three resolvers, and the uplink\n"
      "nodes:\n"
      "  ping:  {plugin: icmp-source, targets: [8.8.8.8, 1.1.1.1], interval: 1s}\n"
      "  store:\n"
      "    plugin: influx-sink\n"
      "    inputs: [ping]\n"
      "    url: \"${INFLUX_URL:-http://localhost:8086/#x}\"\n"
      "    token: 'a;b # c'\n"
      "    user: ~\n"
      "    labels: {site: 'x, y', empty: ''}\n"
      "    buffer: {type: disk, limits: {size: 1GiB}}\n");
  const Parsed from_ini =
      ini("description = Watch three resolvers, and the uplink\n"
          "[ping]\nplugin = icmp-source\ntargets = 8.8.8.8, 1.1.1.1\ninterval = 1s\n"
          "[store]\nplugin = influx-sink\ninputs = ping\n"
          "url = ${INFLUX_URL:-http://localhost:8086/#x}\n"
          "token = \"a;b # c\"\nuser =\nlabels.site = 'x, y'\nlabels.empty = ''\n"
          "buffer.type = disk\nbuffer.limits.size = 1GiB\n");
  EXPECT_TRUE(from_yaml.problems.empty()) << from_yaml.problems.render();
  EXPECT_TRUE(from_ini.problems.empty()) << from_ini.problems.render();
  EXPECT_TRUE(equal_content(from_yaml.document.root, from_ini.document.root))
      << printed(from_yaml.document.root) << printed(from_ini.document.root);
}

TEST(Ini, LineEndsAndByteOrderMarkDoNotMovePlaces) {
  EXPECT_EQ(printed(ini("\xef\xbb\xbf"
                        "a = b\r\n[n]\r\nc = \"d\"\r\n")
                        .document.root),
            printed(ini("a = b\n[n]\nc = \"d\"\n").document.root));
}

TEST(Ini, CommentsNeedABlankBefore) {
  const Node root =
      ini("a = x#y;z\nb = x #y\nc = x ;y\nd = 'x #y' # z\ne = a, \"b # c\", d # e\nf = # g\n")
          .document.root;
  EXPECT_EQ(at(root, {"a"}).text, "x#y;z");
  EXPECT_EQ(at(root, {"b"}).text, "x");
  EXPECT_EQ(at(root, {"c"}).text, "x");
  EXPECT_EQ(at(root, {"d"}).text, "x #y");
  EXPECT_EQ(at(root, {"e"}).text, "a, \"b # c\", d");
  EXPECT_TRUE(at(root, {"f"}).is_null());
}

TEST(Ini, QuotesAndEscapes) {
  const Node root = ini("a = \"x\\\"y\\\\z\\n\\t\\d\"\nb = 'it''s'\nc = it's\nd = \"a\", \"b\"\ne "
                        "= a=b\nf = ''\n")
                        .document.root;
  EXPECT_EQ(at(root, {"a"}).text, "x\"y\\z\n\t\\d");
  EXPECT_TRUE(at(root, {"a"}).quoted);
  EXPECT_FALSE(at(root, {"a"}).verbatim);
  EXPECT_EQ(at(root, {"b"}).text, "it's");
  EXPECT_EQ(at(root, {"c"}).text, "it's");
  EXPECT_EQ(at(root, {"d"}).text, "\"a\", \"b\"");
  EXPECT_FALSE(at(root, {"d"}).quoted);
  EXPECT_EQ(at(root, {"e"}).text, "a=b");
  EXPECT_TRUE(at(root, {"f"}).is_scalar());
}

TEST(Ini, NullsAsInYaml) {
  const Node root = ini("a = null\nb = ~\nc = \"null\"\nd = nullable\n").document.root;
  EXPECT_TRUE(at(root, {"a"}).is_null());
  EXPECT_TRUE(at(root, {"b"}).is_null());
  EXPECT_EQ(at(root, {"c"}).text, "null");
  EXPECT_EQ(at(root, {"d"}).text, "nullable");
}

TEST(Ini, DuplicatesNameBothPlaces) {
  EXPECT_EQ(problems_of("[ping]\na = 1\n a = 2\n[ping]\nb = 1\n"),
            "p.ini:3:2: error: the key 'a' stands here a second time\n"
            "   3 |  a = 2\n"
            "     |  ^ the first is in line 2, column 1; remove one\n"
            "p.ini:4:2: error: the section 'ping' stands here a second time\n"
            "   4 | [ping]\n"
            "     |  ^^^^ the first is in line 1, column 2; join them\n");
}

TEST(Ini, KeysOfARefusedSectionGoNowhere) {
  const Parsed parsed = ini("[ping]\na = 1\n[ping]\na = 2\n[grid]\nb = 3\n");
  EXPECT_EQ(at(parsed.document.root, {"nodes", "ping", "a"}).text, "1");
  EXPECT_EQ(at(parsed.document.root, {"nodes", "grid", "b"}).text, "3");
  EXPECT_EQ(parsed.problems.all().size(), 1U);
}

struct BadLine {
  const char* text;
  Place place;
  const char* message;
};

TEST(Ini, EveryBadLineIsNamed) {
  const BadLine cases[] = {
      {"[ping\na = 1\n", {"p.ini", 1, 1, 1}, "this '[' is not closed"},
      {"[]\n", {"p.ini", 1, 1, 2}, "a section needs a name"},
      {"[ ] ; x\n", {"p.ini", 1, 1, 3}, "a section needs a name"},
      {"[a] b\n", {"p.ini", 1, 5, 1}, "text follows the section's name"},
      {"  what\n", {"p.ini", 1, 3, 4}, "this line is neither '[section]' nor 'key = value'"},
      {"nodes:\n", {"p.ini", 1, 1, 6}, "this line is neither '[section]' nor 'key = value'"},
      {" = x\n", {"p.ini", 1, 2, 1}, "a key is missing before '='"},
      {"a..b = x\n", {"p.ini", 1, 3, 2}, "a name is missing beside this dot"},
      {".a = x\n", {"p.ini", 1, 1, 2}, "a name is missing beside this dot"},
      {"a. = x\n", {"p.ini", 1, 3, 1}, "a name is missing beside this dot"},
      {"a = 1\na.b = 2\n", {"p.ini", 2, 1, 1}, "'a' is a value already, so it cannot be a map"},
      {"a.b = 1\na = 2\n", {"p.ini", 2, 1, 1}, "the key 'a' stands here a second time"},
      {"a = \"x\n", {"p.ini", 1, 5, 2}, "this quote is never closed"},
      {"a = \"x\" y\n", {"p.ini", 1, 9, 1}, "text follows the closing quote"},
      {"nodes = x\n", {"p.ini", 1, 1, 5}, "in INI the nodes are the sections"},
      {"nodes.a = x\n", {"p.ini", 1, 1, 5}, "in INI the nodes are the sections"},
  };
  for (const BadLine& test : cases) {
    const Parsed parsed = ini(test.text);
    ASSERT_EQ(parsed.problems.all().size(), 1U) << test.text << parsed.problems.render();
    EXPECT_EQ(parsed.problems.all()[0].place, test.place) << test.text;
    EXPECT_EQ(parsed.problems.all()[0].message, test.message) << test.text;
  }
}

TEST(Ini, YamlInAnIniFileIsRecognised) {
  EXPECT_EQ(problems_of("plugin: x\n"),
            "p.ini:1:1: error: this line is neither '[section]' nor 'key = value'\n"
            "   1 | plugin: x\n"
            "     | ^^^^^^^^^ this looks like YAML: name the file .yaml\n");
}

TEST(Ini, DepthOf32IsTheMost) {
  // root, nodes, the node, then one map for each dot
  EXPECT_EQ(problems_of("[n]\n" + repeat("a.", 29) + "b = 1\n"), "");
  EXPECT_NE(problems_of("[n]\n" + repeat("a.", 30) + "b = 1\n").find("nested deeper than 32"),
            std::string::npos);
  EXPECT_NE(problems_of(repeat("a.", 400'000) + "b = 1\n").find("nested deeper than 32"),
            std::string::npos);
}

TEST(Ini, BigFilesAreQuickAndBounded) {
  std::string text = "[n]\n";
  for (int i = 0; i < 60'000; ++i) text += "k" + std::to_string(i) + "=v\n";
  EXPECT_EQ(at(ini(text).document.root, {"nodes", "n"}).entries.size(), 60'000U);
  EXPECT_EQ(ini(repeat("a\n", 200'000)).problems.all().back().message,
            "this file has more than 100000 values");
  EXPECT_NE(problems_of(std::string(2'000'000, 'a')).find("larger than 1 MiB"), std::string::npos);
}

TEST(Ini, EmptyAndUnfinishedFiles) {
  EXPECT_EQ(problems_of(""), "");
  EXPECT_TRUE(ini("").document.root.entries.empty());
  EXPECT_EQ(at(ini("a = b").document.root, {"a"}).text, "b");
  EXPECT_EQ(at(ini("[n]").document.root, {"nodes", "n"}).kind, Kind::kMap);
}

}  // namespace
}  // namespace weir::core::config
