// SPDX-License-Identifier: Apache-2.0
#include "core/config/problem.hpp"

#include <gtest/gtest.h>

#include "config_testing.hpp"

namespace weir::core::config {
namespace {

std::string render_at(const std::string& text, Place place, const std::string& hint = "") {
  Problems problems;
  problems.add_source(place.file, text);
  problems.error(std::move(place), "wrong", hint);
  return problems.render();
}

TEST(Problem, ShowsLineCaretAndHint) {
  Problems problems;
  problems.add_source("pipelines/monitor.yaml",
                      "nodes:\n\n\n\n\n\n  scale: {plugin: scaler, methd: minmax}\n");
  problems.error({"pipelines/monitor.yaml", 7, 27, 5}, "scaler has no option 'methd'",
                 "did you mean 'method'? (minmax, standard, robust)");
  EXPECT_EQ(problems.render(),
            "pipelines/monitor.yaml:7:27: error: scaler has no option 'methd'\n"
            "   7 |   scale: {plugin: scaler, methd: minmax}\n"
            "     |                           ^^^^^ did you mean 'method'? (minmax, standard, "
            "robust)\n");
}

TEST(Problem, WithoutALineIsOneLine) {
  Problems problems;
  problems.error({"x.yaml", 0, 0, 1}, "there is no such file", "check the path");
  EXPECT_EQ(problems.render(), "x.yaml: error: there is no such file; check the path\n");
}

TEST(Problem, OfAnUnknownSourceStillNamesThePlace) {
  Problems problems;
  problems.warning({"x.yaml", 3, 4, 1}, "odd");
  EXPECT_EQ(problems.render(), "x.yaml:3:4: warning: odd\n");
}

TEST(Problem, ALineThatTheSourceDoesNotHaveIsNotShown) {
  EXPECT_EQ(render_at("one\n", {"f", 9, 1, 1}), "f:9:1: error: wrong\n");
}

TEST(Problem, WithoutAnyPlaceHasNoColon) {
  Problems problems;
  problems.error({}, "nothing to run");
  EXPECT_EQ(problems.render(), "error: nothing to run\n");
}

TEST(Problem, PointsPastTheEndOfALine) {
  EXPECT_EQ(render_at("abc\n", {"f", 1, 4, 1}), "f:1:4: error: wrong\n   1 | abc\n     |    ^\n");
  EXPECT_EQ(render_at("abc\n", {"f", 1, 99, 9}), "f:1:99: error: wrong\n   1 | abc\n     |    ^\n");
}

TEST(Problem, CaretsStayInsideTheLine) {
  EXPECT_EQ(render_at("abc\ndef\n", {"f", 1, 2, 50}),
            "f:1:2: error: wrong\n   1 | abc\n     |  ^^\n");
}

TEST(Problem, TabsTakeOneColumn) {
  EXPECT_EQ(render_at("\ta:\tb\n", {"f", 1, 5, 1}, "hint"),
            "f:1:5: error: wrong\n   1 |  a: b\n     |     ^ hint\n");
}

TEST(Problem, CountsCharactersAndPadsWideOnes) {
  EXPECT_EQ(render_at("größe: x\n", {"f", 1, 8, 1}),
            "f:1:8: error: wrong\n   1 | größe: x\n     |        ^\n");
  EXPECT_EQ(render_at("名前: x\n", {"f", 1, 5, 1}),
            "f:1:5: error: wrong\n   1 | 名前: x\n     |       ^\n");
  EXPECT_EQ(render_at("名前: x\n", {"f", 1, 1, 2}),
            "f:1:1: error: wrong\n   1 | 名前: x\n     | ^^^^\n");
}

TEST(Problem, NeverSendsControlCharactersToTheTerminal) {
  Problems problems;
  problems.add_source("f", "a\x1b[31mb\xff\xe2\x80\xae\n");
  problems.error({"f", 1, 7, 1}, "bad\x1b[2J name\nsecond", "hint\x07");
  EXPECT_EQ(problems.render(),
            "f:1:7: error: bad?[2J name second\n"
            "   1 | a?[31mb??\n"
            "     |       ^ hint?\n");
}

TEST(Problem, ShortensALongLineRoundTheCaret) {
  const std::string text = std::string(300, 'a') + "XYZ" + std::string(300, 'b');
  EXPECT_EQ(render_at(text, {"f", 1, 301, 3}),
            "f:1:301: error: wrong\n   1 | ..." + std::string(48, 'a') + "XYZ" +
                std::string(49, 'b') + "...\n     |    " + std::string(48, ' ') + "^^^\n");
  EXPECT_EQ(render_at(text, {"f", 1, 1, 1}),
            "f:1:1: error: wrong\n   1 | " + std::string(100, 'a') + "...\n     | ^\n");
  EXPECT_EQ(render_at(text, {"f", 1, 603, 1}), "f:1:603: error: wrong\n   1 | ..." +
                                                   std::string(100, 'b') + "\n     |    " +
                                                   std::string(99, ' ') + "^\n");
}

TEST(Problem, ShortensALongMessage) {
  Problems problems;
  problems.error({"f", 0, 0, 1}, std::string(1'000'000, 'm'), std::string(1'000'000, 'h'));
  EXPECT_EQ(problems.render(),
            "f: error: " + std::string(500, 'm') + "...; " + std::string(500, 'h') + "...\n");
}

TEST(Problem, WideLineNumbersKeepTheBarsInLine) {
  EXPECT_EQ(render_at(repeat("\n", 12344) + "abc", {"f", 12345, 2, 1}),
            "f:12345:2: error: wrong\n12345 | abc\n      |  ^\n");
}

TEST(Problem, ColourWrapsOnlyOurWords) {
  Problems problems;
  problems.add_source("f", "abc\n");
  problems.error({"f", 1, 1, 1}, "wrong", "hint");
  EXPECT_EQ(problems.render(true),
            "\x1b[1mf:1:1:\x1b[0m \x1b[1;31merror:\x1b[0m wrong\n   1 | abc\n     | "
            "\x1b[1;31m^\x1b[0m hint\n");
}

TEST(Problems, HidesSecretsInEveryShownLine) {
  Problems problems;
  problems.add_source("f", "store: {token: s3cret, urll: x}\n");
  problems.error({"f", 1, 24, 4}, "no option 'urll'");
  problems.hide({"f", 1, 16, 6});
  EXPECT_EQ(problems.render(),
            "f:1:24: error: no option 'urll'\n"
            "   1 | store: {token: ******, urll: x}\n"
            "     |                        ^^^^\n");
}

TEST(Problems, ComeInTheOrderOfTheFiles) {
  Problems problems;
  problems.add_source("b", "1\n2\n");
  problems.add_source("a", "1\n");
  problems.error({"a", 1, 1, 1}, "third");
  problems.error({"b", 2, 1, 1}, "second");
  problems.error({"b", 1, 2, 1}, "first");
  const std::string out = problems.render();
  EXPECT_LT(out.find("first"), out.find("second"));
  EXPECT_LT(out.find("second"), out.find("third"));
}

TEST(Problems, AreLimitedWhenShown) {
  Problems problems;
  for (int i = 0; i < 60; ++i) problems.error({"f", 0, 0, 1}, "wrong");
  const std::string out = problems.render();
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 51);
  EXPECT_TRUE(out.ends_with("... and 10 more problems\n"));
}

TEST(Problems, KnowErrorsFromWarnings) {
  Problems problems;
  EXPECT_TRUE(problems.empty());
  problems.warning({"f", 1, 1, 1}, "odd");
  EXPECT_FALSE(problems.empty());
  EXPECT_FALSE(problems.has_errors());
  problems.error({"f", 1, 1, 1}, "wrong");
  EXPECT_TRUE(problems.has_errors());
}

TEST(Problems, MergeTakesOverSourcesAndHiddenPlaces) {
  Problems inner;
  inner.add_source("f", "token: abc\n");
  inner.hide({"f", 1, 8, 3});
  inner.error({"f", 1, 1, 5}, "wrong");
  Problems outer;
  outer.error({"g", 0, 0, 1}, "other");
  outer.merge(std::move(inner));
  EXPECT_EQ(outer.all().size(), 2U);
  EXPECT_NE(outer.render().find("   1 | token: ***\n"), std::string::npos);
}

TEST(Closest, FindsWhatWasMeant) {
  const std::vector<std::string> names = {"method", "interval", "targets", "sequence_length"};
  EXPECT_EQ(closest("methd", names), "method");
  EXPECT_EQ(closest("mehtod", names), "method");  // neighbours swapped count once
  EXPECT_EQ(closest("Interval", names), "interval");
  EXPECT_EQ(closest("target", names), "targets");
  EXPECT_EQ(closest("sequence-length", names), "sequence_length");
}

TEST(Closest, IsSilentWhenNothingIsNear) {
  const std::vector<std::string> names = {"method", "interval", "x", ""};
  EXPECT_EQ(closest("colour", names), std::nullopt);
  EXPECT_EQ(closest("", names), std::nullopt);
  EXPECT_EQ(closest("y", names), std::nullopt);  // all of it differs
  EXPECT_EQ(closest(std::string(1 << 20, 'm'), names), std::nullopt);
  EXPECT_EQ(closest("methd", std::vector<std::string>{}), std::nullopt);
}

TEST(Closest, PrefersTheNearest) {
  const std::vector<std::string> names = {"inputs", "input", "output"};
  EXPECT_EQ(closest("inputt", names), "inputs");
  EXPECT_EQ(closest("inpt", names), "input");
}

TEST(DidYouMean, FallsBack) {
  const std::vector<std::string> names = {"method"};
  EXPECT_EQ(did_you_mean("methd", names, "x"), "did you mean 'method'?");
  EXPECT_EQ(did_you_mean("zzz", names, "one of: method"), "one of: method");
}

}  // namespace
}  // namespace weir::core::config
