// SPDX-License-Identifier: Apache-2.0
#include "core/config/text.hpp"

#include <gtest/gtest.h>

#include "config_testing.hpp"

namespace weir::core::config {
namespace {

TEST(Utf8, AcceptsTheBoundsOfEachLength) {
  EXPECT_TRUE(is_valid_utf8(
      "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
  EXPECT_EQ(count_characters("aäß€😀"), 5U);
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  EXPECT_FALSE(is_valid_utf8("\x80"));              // continuation alone
  EXPECT_FALSE(is_valid_utf8("\xc3"));              // cut short
  EXPECT_FALSE(is_valid_utf8("\xc3("));             // wrong continuation
  EXPECT_FALSE(is_valid_utf8("\xc0\xaf"));          // overlong '/'
  EXPECT_FALSE(is_valid_utf8("\xe0\x80\xaf"));      // overlong
  EXPECT_FALSE(is_valid_utf8("\xf0\x80\x80\xaf"));  // overlong
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));  // past U+10FFFF
  EXPECT_FALSE(is_valid_utf8("\xf5\x80\x80\x80"));
  EXPECT_FALSE(is_valid_utf8("\xff"));
}

TEST(Positions, AgreeInAnyOrderOfLookUp) {
  const std::string text = "aé\nüb€c\n\nx";
  const std::size_t size = text.size();
  for (std::size_t first = 0; first <= size; ++first) {
    for (std::size_t second = 0; second <= size; ++second) {
      Positions used("f", text);
      (void)used.at(first);
      EXPECT_EQ(used.at(second), Positions("f", text).at(second)) << first << " " << second;
    }
  }
  Positions positions("f", text);
  EXPECT_EQ(positions.at(text.find("€")), (Place{"f", 2, 3, 1}));
  EXPECT_EQ(positions.at(text.find("€") + 1), (Place{"f", 2, 3, 1}));  // inside it
  EXPECT_EQ(positions.at(0, 2), (Place{"f", 1, 1, 2}));
  EXPECT_EQ(positions.at(9999), (Place{"f", 4, 2, 1}));
}

std::string cleaning_problem(std::string_view bytes) {
  Problems problems;
  EXPECT_EQ(clean_text("f", bytes, problems), std::nullopt);
  return problems.render();
}

TEST(CleanText, DropsByteOrderMarkAndCarriageReturns) {
  Problems problems;
  EXPECT_EQ(clean_text("f",
                       "\xef\xbb\xbf"
                       "a\r\nb\n",
                       problems),
            "a\nb\n");
  EXPECT_TRUE(problems.empty());
}

TEST(CleanText, RefusesBinary) {
  using std::literals::operator""sv;
  EXPECT_EQ(cleaning_problem("a: b\0c"sv),
            "f: error: this is a binary file, not text (it holds NUL bytes); name a pipeline file: "
            ".yaml, .yml or .ini\n");
  EXPECT_EQ(cleaning_problem("\xff\xfe"
                             "a\0"sv),
            "f: error: this file is UTF-16, not UTF-8; save it as UTF-8\n");
}

TEST(CleanText, NamesTheBadByte) {
  EXPECT_EQ(cleaning_problem("a: b\nc: é\x80\n"),
            "f:2:5: error: this byte is not UTF-8\n   2 | c: é?\n     |     ^ save the file as "
            "UTF-8\n");
  EXPECT_EQ(cleaning_problem("a: \x1b[0m\n"),
            "f:1:4: error: control character U+001B is not allowed\n   1 | a: ?[0m\n     |    ^ "
            "remove it\n");
  // yaml-cpp takes this one for the end of the file
  EXPECT_EQ(cleaning_problem("a: b\n\x04hidden: c\n"),
            "f:2:1: error: control character U+0004 is not allowed\n   2 | ?hidden: c\n     | ^ "
            "remove it\n");
  EXPECT_EQ(cleaning_problem("a: b\rc: d\r"),
            "f:1:5: error: control character U+000D is not allowed\n   1 | a: b?c: d?\n     |     "
            "^ end lines with LF or CRLF\n");
}

TEST(CleanText, RefusesMoreThanOneMebibyte) {
  Problems problems;
  EXPECT_TRUE(clean_text("f", std::string(kMaxFileBytes, 'a'), problems));
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(cleaning_problem(std::string(kMaxFileBytes + 1, 'a')),
            "f: error: this file is larger than 1 MiB, the most that a pipeline file may have; "
            "give long data its own file and name that\n");
}

}  // namespace
}  // namespace weir::core::config
