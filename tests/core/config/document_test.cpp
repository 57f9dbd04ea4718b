// SPDX-License-Identifier: Apache-2.0
#include "core/config/document.hpp"

#include <gtest/gtest.h>

#include "config_testing.hpp"

namespace weir::core::config {
namespace {

struct Split {
  std::vector<std::string> texts;
  std::vector<std::string> places;
  Problems problems;
};

Split split(const Node& scalar) {
  Split result;
  for (const Node& element : split_list(scalar, result.problems)) {
    result.texts.push_back(element.text);
    result.places.push_back(std::to_string(element.place.column) + "+" +
                            std::to_string(element.place.length));
  }
  return result;
}

Node value_of(const std::string& written) {
  Parsed parsed = ini("k = " + written + "\n");
  EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.render();
  return at(parsed.document.root, {"k"});
}

using Texts = std::vector<std::string>;

TEST(SplitList, CutsAtCommasAndPlacesEachElement) {
  const Split result = split(value_of("8.8.8.8,  1.1.1.1 ,ä, x"));
  EXPECT_EQ(result.texts, (Texts{"8.8.8.8", "1.1.1.1", "ä", "x"}));
  EXPECT_EQ(result.places, (Texts{"5+7", "15+7", "24+1", "27+1"}));
}

TEST(SplitList, OneValueIsOneElement) { EXPECT_EQ(split(value_of("eth0")).texts, Texts{"eth0"}); }

TEST(SplitList, QuotesProtectCommas) {
  const Split result = split(value_of(R"("a, b", 'it''s', "q\"t", c"d)"));
  EXPECT_EQ(result.texts, (Texts{"a, b", "it's", "q\"t", "c\"d"}));
  EXPECT_TRUE(result.problems.empty());
}

TEST(SplitList, PlacesInsideQuotedYaml) {
  const Parsed parsed = yaml("k: \"a, bc\"\n");
  const Split result = split(at(parsed.document.root, {"k"}));
  EXPECT_EQ(result.texts, (Texts{"a", "bc"}));
  EXPECT_EQ(result.places, (Texts{"5+1", "8+2"}));
}

TEST(SplitList, TextThatStandsNowhereGetsTheScalarsPlace) {
  Parsed parsed = yaml("k: \"${T:-10.0.0.1,10.0.0.2}\"\n");
  substitute(parsed.document.root, environment_of({}), parsed.problems);
  const Node& scalar = at(parsed.document.root, {"k"});
  const Split result = split(scalar);
  EXPECT_EQ(result.texts, (Texts{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(result.places, (Texts{"4+25", "4+25"}));
  Problems problems;
  EXPECT_EQ(split_list(scalar, problems)[1].shown(), "${T:-10.0.0.1,10.0.0.2}");
}

TEST(SplitList, NothingIsAnEmptyList) {
  EXPECT_TRUE(split(value_of("\"\"")).texts.empty());
  EXPECT_TRUE(split(value_of("\" \t\"")).texts.empty());
}

TEST(SplitList, ReportsEmptyElements) {
  const Split result = split(value_of("a,,b,"));
  EXPECT_EQ(result.texts, (Texts{"a", "", "b", ""}));
  ASSERT_EQ(result.problems.all().size(), 2U);
  EXPECT_EQ(result.problems.all()[0].message, "this list has an empty element");
  EXPECT_EQ(result.problems.all()[0].place, (Place{"p.ini", 1, 7, 1}));
  EXPECT_EQ(result.problems.all()[1].place, (Place{"p.ini", 1, 10, 1}));
}

TEST(SplitList, ReportsBadQuotes) {
  Node scalar;
  scalar.kind = Kind::kScalar;
  scalar.text = "a, \"b";
  EXPECT_EQ(split(scalar).problems.all().at(0).message, "this quote is never closed");
  scalar.text = "a, \"b\"c, d";
  const Split result = split(scalar);
  EXPECT_EQ(result.problems.all().at(0).message, "text follows the closing quote");
  EXPECT_EQ(result.texts.size(), 3U);
}

TEST(SplitList, IsLinear) {
  Node scalar;
  scalar.kind = Kind::kScalar;
  scalar.verbatim = true;
  scalar.text = repeat("ab,", 100'000) + "ab";
  Problems problems;
  const auto elements = split_list(scalar, problems);
  ASSERT_EQ(elements.size(), 100'001U);
  EXPECT_EQ(elements.back().place.column, 300'000);
}

TEST(EqualContent, IgnoresNotation) {
  const Parsed a = yaml("a: [1, 'x y']\nb: {c: \"5\", d: }\n");
  const Parsed b = yaml("b:\n  d: ~\n  c: 5\na:\n  - 1\n  - x y\n");
  EXPECT_TRUE(equal_content(a.document.root, b.document.root));
}

TEST(EqualContent, SeesEveryDifference) {
  const Node base = yaml("a: [1, 2]\nb: {c: x}\n").document.root;
  for (const char* other :
       {"a: [1, 3]\nb: {c: x}\n", "a: [1]\nb: {c: x}\n", "a: [2, 1]\nb: {c: x}\n",
        "a: [1, 2]\nb: {d: x}\n", "a: [1, 2]\nb: {c: x, d: y}\n", "a: [1, 2]\nb: {c: }\n",
        "a: [1, 2]\nb: x\n", "a: 1, 2\nb: {c: x}\n", "a: [1, 2]\n"}) {
    const Node root = yaml(other).document.root;
    EXPECT_FALSE(equal_content(base, root)) << other;
    EXPECT_FALSE(equal_content(root, base)) << other;
  }
}

TEST(EqualContent, AnIniTextEqualsTheListThatItSplitsInto) {
  const Node list = yaml("k: [a, b]\n").document.root;
  EXPECT_TRUE(equal_content(list, ini("k = a, b\n").document.root));
  EXPECT_TRUE(equal_content(ini("k = a, b\n").document.root, list));
  EXPECT_FALSE(equal_content(list, ini("k = a, c\n").document.root));
  EXPECT_FALSE(equal_content(list, ini("k = a, b,\n").document.root));
}

}  // namespace
}  // namespace weir::core::config
