// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config_testing.hpp"
#include "core/config/formats.hpp"

namespace weir::core::config {
namespace {

using std::literals::operator""sv;

std::string problems_of(std::string_view text) { return yaml(text).problems.render(); }

TEST(Yaml, GivesEveryValueItsPlace) {
  const Parsed parsed = yaml(
      "description: Watch it\n"
      "nodes:\n"
      "  ping: {plugin: icmp-source, targets: [8.8.8.8, \"1.1.1.1\"], 'größe': 'é', last: 1s}\n"
      "  grid:\n"
      "    inputs:\n"
      "      - ping\n"
      "      - 'up'\n");
  EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.render();
  EXPECT_EQ(printed(parsed.document.root),
            " = a map at 1:1+1\n"
            ".description(1:1+11) = 'Watch it' at 1:14+8\n"
            ".nodes(2:1+5) = a map at 3:3+1\n"
            ".nodes.ping(3:3+4) = a map at 3:9+1\n"
            ".nodes.ping.plugin(3:10+6) = 'icmp-source' at 3:18+11\n"
            ".nodes.ping.targets(3:31+7) = a list at 3:40+1\n"
            ".nodes.ping.targets[0] = '8.8.8.8' at 3:41+7\n"
            ".nodes.ping.targets[1] = '1.1.1.1' quoted at 3:50+9\n"
            ".nodes.ping.größe(3:62+7) = 'é' quoted at 3:71+3\n"
            ".nodes.ping.last(3:76+4) = '1s' at 3:82+2\n"
            ".nodes.grid(4:3+4) = a map at 5:5+1\n"
            ".nodes.grid.inputs(5:5+6) = a list at 6:7+1\n"
            ".nodes.grid.inputs[0] = 'ping' at 6:9+4\n"
            ".nodes.grid.inputs[1] = 'up' quoted at 7:9+4\n");
}

TEST(Yaml, LineEndsAndByteOrderMarkDoNotMovePlaces) {
  const std::string_view unix_text = "a: b\nc:\n  - d\n  - \"e f\"\ng: |\n  h\n  i\n";
  std::string windows_text = "\xef\xbb\xbf";
  for (const char c : unix_text) windows_text += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(printed(yaml(windows_text).document.root), printed(yaml(unix_text).document.root));
  EXPECT_EQ(at(yaml(windows_text).document.root, {"g"}).text, "h\ni\n");
}

TEST(Yaml, NullIsWhatIsLeftOutOrSaidSo) {
  const Parsed parsed = yaml("a:\nb: ~\nc: null\nd: {e, f: }\ng:\n  -\n  - x\nh: 'null'\n");
  EXPECT_EQ(printed(parsed.document.root),
            " = a map at 1:1+1\n"
            ".a(1:1+1) = nothing at 1:1+1\n"
            ".b(2:1+1) = nothing at 2:4+1\n"
            ".c(3:1+1) = nothing at 3:4+4\n"
            ".d(4:1+1) = a map at 4:4+1\n"
            ".d.e(4:5+1) = nothing at 4:5+1\n"
            ".d.f(4:8+1) = nothing at 4:8+1\n"
            ".g(5:1+1) = a list at 6:3+1\n"
            ".g[0] = nothing at 6:3+1\n"
            ".g[1] = 'x' at 7:5+1\n"
            ".h(8:1+1) = 'null' quoted at 8:4+6\n");
  EXPECT_TRUE(parsed.problems.empty());
}

TEST(Yaml, KnowsWhichTextsStandVerbatim) {
  const Node root =
      yaml("a: plain\nb: \"x\"\nc: \"x\\ty\"\nd: 'it''s'\ne: |\n  t\nf: two\n  lines\n")
          .document.root;
  EXPECT_TRUE(at(root, {"a"}).verbatim);
  EXPECT_TRUE(at(root, {"b"}).verbatim);
  EXPECT_FALSE(at(root, {"c"}).verbatim);
  EXPECT_FALSE(at(root, {"d"}).verbatim);
  EXPECT_FALSE(at(root, {"e"}).verbatim);
  EXPECT_FALSE(at(root, {"f"}).verbatim);
  EXPECT_EQ(at(root, {"c"}).place, (Place{"p.yaml", 3, 4, 6}));
  EXPECT_EQ(at(root, {"d"}).place, (Place{"p.yaml", 4, 4, 7}));
  EXPECT_EQ(at(root, {"f"}).text, "two lines");
  EXPECT_EQ(at(root, {"f"}).place, (Place{"p.yaml", 7, 4, 3}));
}

TEST(Yaml, DuplicateKeysNameBothPlacesAndTheFirstStays) {
  const Parsed parsed = yaml("nodes:\n  ping: {a: 1}\n  'ping': {b: 2}\n");
  EXPECT_EQ(parsed.problems.render(),
            "p.yaml:3:3: error: the key 'ping' stands here a second time\n"
            "   3 |   'ping': {b: 2}\n"
            "     |   ^^^^^^ the first is in line 2, column 3; remove one\n");
  EXPECT_EQ(at(parsed.document.root, {"nodes", "ping", "a"}).text, "1");
  EXPECT_EQ(at(parsed.document.root, {"nodes"}).entries.size(), 1U);
}

TEST(Yaml, FindsSeveralProblemsAtOnce) {
  const Parsed parsed =
      yaml("a: &x 1\nb: *x\nc: !!int 5\nd: 1\nd: 2\n? [k]\n: v\n\"\": 1\ne: \"\\0\"\n");
  std::vector<std::string> found;
  for (const Problem& problem : parsed.problems.all()) {
    found.push_back(std::to_string(problem.place.line) + ":" +
                    std::to_string(problem.place.column) + "+" +
                    std::to_string(problem.place.length) + " " + problem.message);
  }
  EXPECT_EQ(found, (std::vector<std::string>{
                       "1:4+2 anchors (&name) are not allowed",
                       "2:4+2 aliases (*name) are not allowed",
                       "3:4+5 tags (!name) are not allowed",
                       "5:1+1 the key 'd' stands here a second time",
                       "6:3+1 a key must be text, not a list",
                       "8:1+2 a key must be text, not text",
                       "9:4+4 a text cannot hold a NUL character",
                   }));
  EXPECT_TRUE(at(parsed.document.root, {"b"}).reported);
  EXPECT_TRUE(at(parsed.document.root, {"c"}).reported);
  EXPECT_FALSE(at(parsed.document.root, {"d"}).reported);
}

TEST(Yaml, TagsAndAnchorsOnEverything) {
  for (const char* text :
       {"a: !x\n", "a: ! b\n", "!m {a: b}\n", "a: !l [b]\n", "!k a: b\n", "a: !<tag:x> b\n"}) {
    const Parsed parsed = yaml(text);
    ASSERT_EQ(parsed.problems.all().size(), 1U) << text;
    EXPECT_EQ(parsed.problems.all()[0].message, "tags (!name) are not allowed") << text;
  }
  for (const char* text : {"a: &x\n", "&m {a: b}\n", "a: &l [b]\n", "&k a: b\n", "a: &x !y b\n"}) {
    const Parsed parsed = yaml(text);
    ASSERT_EQ(parsed.problems.all().size(), 1U) << text;
    EXPECT_EQ(parsed.problems.all()[0].message, "anchors (&name) are not allowed") << text;
  }
}

TEST(Yaml, AnAliasBombStaysSmall) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeat(last + ", ", 9) +
            last + "]\n";
  }
  const Parsed parsed = yaml(text);
  EXPECT_EQ(parsed.problems.all().size(), 30U + 29U * 10U);
  EXPECT_EQ(at(parsed.document.root, {"a29"}).items.size(), 10U);
}

TEST(Yaml, AnAliasOfItselfIsRefused) {
  EXPECT_NE(problems_of("a: &a [*a]\n").find("1:8: error: aliases (*name) are not allowed"),
            std::string::npos);
  EXPECT_EQ(problems_of("a: *unknown\n"),
            "p.yaml:1:4: error: aliases (*name) are not allowed\n   1 | a: *unknown\n     |    ^ "
            "write the value out, or quote text that starts with '*'\n");
}

TEST(Yaml, DepthOf32IsTheMost) {
  const auto nested = [](std::size_t depth) {
    return "a: " + repeat("[", depth - 1) + repeat("]", depth - 1) + "\n";
  };
  EXPECT_EQ(problems_of(nested(32)), "");
  EXPECT_EQ(problems_of(nested(33)),
            "p.yaml:1:35: error: this is nested deeper than 32 levels\n   1 | " +
                nested(33).substr(0, nested(33).size() - 1) + "\n     | " + std::string(34, ' ') +
                "^ a pipeline needs about five\n");
}

TEST(Yaml, DeepNestingOfAnyKindNeitherOverflowsNorHangs) {
  for (const char* piece : {"[", "{", "[{", "- ", "? ", "[a: ", "{a: ", "[? ", ": ", "- - ? "}) {
    const Parsed parsed = yaml(repeat(piece, 1'000'000 / std::string_view(piece).size()));
    ASSERT_FALSE(parsed.problems.empty()) << piece;
    EXPECT_FALSE(parsed.document.usable()) << piece;
  }
}

TEST(Yaml, TooManyValuesAreRefused) {
  const Parsed parsed = yaml("a: [" + repeat("b,", 100'001) + "]\n");
  ASSERT_EQ(parsed.problems.all().size(), 1U);
  EXPECT_EQ(parsed.problems.all()[0].message, "this file has more than 100000 values");
  EXPECT_FALSE(parsed.document.usable());
}

TEST(Yaml, ManyKeysInOneMapAndOneLineAreQuick) {
  std::string text = "{";
  for (int i = 0; i < 45'000; ++i) text += "k" + std::to_string(i) + ": v, ";
  const Parsed parsed = yaml(text + "}");
  EXPECT_TRUE(parsed.problems.empty());
  EXPECT_EQ(parsed.document.root.entries.size(), 45'000U);
}

TEST(Yaml, OneDocumentOnly) {
  EXPECT_EQ(problems_of("---\na: 1\n...\n"), "");
  EXPECT_EQ(problems_of("%YAML 1.2\n---\na: 1\n"), "");
  EXPECT_EQ(
      problems_of("---\na: 1\n---\nb: 2\n"),
      "p.yaml:3:1: error: a second document starts here\n   3 | ---\n     | ^ a pipeline file "
      "holds one; remove it, or the '---' before it\n");
}

TEST(Yaml, AnOpenQuoteAtTheEndIsFound) {
  // yaml-cpp itself takes the end of the file for the closing quote.
  EXPECT_EQ(
      problems_of("a: b\nc: \"xyz\n"),
      "p.yaml:2:4: error: this quote is never closed\n   2 | c: \"xyz\n     |    ^^^^ close it "
      "where the text ends\n");
  EXPECT_EQ(problems_of("a: \"xyz"), problems_of("a: \"xyz\n"));
  EXPECT_NE(problems_of("c: 'x''\n"), "");
  EXPECT_NE(problems_of("c: [\"x"), "");
  EXPECT_NE(problems_of("c: \"x\\\"\n"), "");
}

TEST(Yaml, AQuoteThatClosesLinesLaterIsPointedOut) {
  EXPECT_EQ(
      problems_of("a: \"xyz\nb: \"c\"\n"),
      "p.yaml:2:5: error: this does not continue what stands above it\n   2 | b: \"c\"\n     | "
      "    ^ the quote that opens in line 1 closes just before; is one missing there?\n");
}

struct SyntaxCase {
  const char* text;
  const char* rendered;
};

TEST(Yaml, SyntaxErrorsSpeakPlainly) {
  const SyntaxCase cases[] = {
      {"a:\n\tb: 1\n",
       "p.yaml:2:3: error: this line is indented with a tab\n   2 |  b: 1\n     |   ^ indent with "
       "spaces; YAML takes no tabs\n"},
      {"a: @x\n",
       "p.yaml:1:4: error: a value cannot start with '@'\n   1 | a: @x\n     |    ^ put the text "
       "in "
       "quotes\n"},
      {"a: b: c\n",
       "p.yaml:1:5: error: a key cannot stand here\n   1 | a: b: c\n     |     ^ check the "
       "indentation; text that holds ': ' needs quotes\n"},
      {"a: [1, 2\nb: 3\n",
       "p.yaml:1:4: error: this '[' is not closed\n   1 | a: [1, 2\n     |    ^ a ',' or ']' is "
       "missing before line 2, column 2\n"},
      {"a:\n  c: {x: 1\nb: 3\n",
       "p.yaml:2:6: error: this '{' is not closed\n   2 |   c: {x: 1\n     |      ^ a ',' or '}' "
       "is "
       "missing before line 3, column 2\n"},
      {"a: ]\n",
       "p.yaml:1:4: error: this bracket closes nothing\n   1 | a: ]\n     |    ^ remove it, or "
       "quote "
       "the text\n"},
      {"a: - b\n",
       "p.yaml:1:4: error: a list entry cannot start here\n   1 | a: - b\n     |    ^ start it on "
       "a "
       "line of its own, or write [a, b]\n"},
      {"a: \"x\\q\"\n",
       "p.yaml:1:8: error: unknown escape '\\q' in a quoted text\n   1 | a: \"x\\q\"\n     |       "
       " ^ "
       "write \\\\ for a backslash, or use single quotes\n"},
      {"a: \"x\" y\n",
       "p.yaml:1:8: error: this does not continue what stands above it\n   1 | a: \"x\" y\n     |  "
       "  "
       "    ^ check the indentation and the quotes\n"},
  };
  for (const SyntaxCase& test : cases) {
    const Parsed parsed = yaml(test.text);
    EXPECT_EQ(parsed.problems.render(), test.rendered);
    EXPECT_FALSE(parsed.document.usable()) << test.text;
  }
}

TEST(Yaml, AVariableInBracketsNeedsQuotes) {
  EXPECT_EQ(
      problems_of("s: {url: ${URL}}\n"),
      "p.yaml:1:10: error: '${' needs quotes inside [ ] and { }\n   1 | s: {url: ${URL}}\n    "
      " |          ^^ write \"${NAME}\"\n");
  EXPECT_NE(problems_of("s: [a, ${URL}]\n").find("'${' needs quotes"), std::string::npos);
  EXPECT_NE(problems_of("s: [a, x${URL}]\n"), "");
  EXPECT_EQ(problems_of("s: ${URL}\n"), "");
}

TEST(Yaml, EarlierProblemsAreKeptWhenTheSyntaxBreaks) {
  const Parsed parsed = yaml("a: 1\na: 2\nb: @\n");
  EXPECT_EQ(parsed.problems.all().size(), 2U);
}

TEST(Yaml, GarbageIsRefusedNotParsed) {
  EXPECT_FALSE(problems_of("\x7f"
                           "ELF\2\1\1\0\0\0"sv)
                   .empty());
  EXPECT_FALSE(problems_of("\x89PNG\r\n\x1a\n").empty());
  EXPECT_FALSE(problems_of("a: \xff\n").empty());
  EXPECT_EQ(problems_of(""), "");  // empty is the loader's to refuse
  EXPECT_TRUE(yaml("").document.root.is_null());
}

TEST(YamlValue, StandsAtItsColumn) {
  Problems problems;
  const auto value = parse_yaml_value("--set", 3, 8, "[a, 'b c']", problems);
  ASSERT_TRUE(value);
  EXPECT_EQ(printed(*value),
            " = a list at 3:8+1\n[0] = 'a' at 3:9+1\n[1] = 'b c' quoted at 3:12+5\n");
}

}  // namespace
}  // namespace weir::core::config
