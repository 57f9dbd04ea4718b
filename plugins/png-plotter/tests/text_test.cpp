// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <gtest/gtest.h>

namespace weir::png_plotter {
namespace {

TEST(Quote, NeverHoldsAQuote) {
  EXPECT_EQ(quote("rtt"), "'rtt'");
  EXPECT_EQ(quote("it's"), "'it’s'");
  EXPECT_EQ(quote("'; system(\"id\") #"), "'’; system(\"id\") #'");
  EXPECT_EQ(quote("`id` $x @m x_1^2 \\n {/Bold b}"), "'`id` $x @m x_1^2 \\n {/Bold b}'");
}

TEST(Quote, NeverHoldsALineBreak) {
  EXPECT_EQ(quote("a\nquit\r\tb\x01\x7f"), "'a quit  b  '");
  EXPECT_EQ(quote(std::string_view("a\0b", 3)), "'a b'");
  EXPECT_EQ(quote("next\u0085line"), "'next line'");
}

TEST(Quote, TickLabelsAreFormats) {
  EXPECT_EQ(quote_tick("100 %s %n"), "'100 %%s %%n'");
  EXPECT_EQ(quote("100 %s"), "'100 %s'");
}

TEST(Printable, KeepsWhatTheFontHolds) {
  EXPECT_EQ(printable("Grüße, Δt → π ≤ €"), "Grüße, Δt → π ≤ €");
}

TEST(Printable, ReplacesWhatItMayNotHold) {
  EXPECT_EQ(printable("\u6f22x\U0001F600"), "\u25a1x\u25a1");
}

TEST(Printable, ReplacesBrokenUtf8) {
  EXPECT_EQ(printable("a\xff"), "a\u25a1");
  EXPECT_EQ(printable("\xc3"), "\u25a1");                                // cut short
  EXPECT_EQ(printable("\xc0\xa7"), "\u25a1\u25a1");                      // overlong quote
  EXPECT_EQ(printable("\xed\xa0\x80"), "\u25a1\u25a1\u25a1");            // surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\u25a1\u25a1\u25a1\u25a1");  // above U+10FFFF
}

TEST(Shorten, CutsTheMiddleByCharacters) {
  EXPECT_EQ(shorten("short", 5), "short");
  EXPECT_EQ(shorten("abcdefghij", 5), "ab\u2026ij");
  EXPECT_EQ(shorten("ääääääää", 4), "ää\u2026ä");
  EXPECT_EQ(length(shorten(std::string(1000, 'x'), 30)), 30U);
}

TEST(ShortNumber, IsShort) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(-0.0), "0");
  EXPECT_EQ(short_number(0.012345), "0.0123");
  EXPECT_EQ(short_number(12.345), "12.3");
  EXPECT_EQ(short_number(460074), "460074");
  EXPECT_EQ(short_number(1.0 / 0.0), "\u2013");
}

TEST(FileStem, IsAPlainName) {
  EXPECT_EQ(file_stem("eth0.rx_mbps"), "eth0.rx_mbps");
  EXPECT_EQ(file_stem("../../etc/passwd"), "etc-passwd");
  EXPECT_EQ(file_stem("a\nb `c` $(d)"), "a-b-c-d");
  EXPECT_EQ(file_stem("..."), "unnamed");
  EXPECT_EQ(file_stem(""), "unnamed");
  EXPECT_LE(file_stem(std::string(500, 'x')).size(), 80U);
}

}  // namespace
}  // namespace weir::png_plotter
