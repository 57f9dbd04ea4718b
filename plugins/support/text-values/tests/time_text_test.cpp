// SPDX-License-Identifier: Apache-2.0
#include "time_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace weir::rows {
namespace {

constexpr std::int64_t noon = 1'795'348'800'000'000'000;  // 2026-11-22T12:00:00Z

std::optional<std::int64_t> parse(std::string_view text,
                                  TimeFormat format = TimeFormat::automatic) {
  return TimeParser(format).parse(text);
}

TEST(TimeText, ReadsRfc3339) {
  EXPECT_EQ(parse("2026-11-22T12:00:00Z"), noon);
  EXPECT_EQ(parse("2026-11-22T12:00:00.000000001Z"), noon + 1);
  EXPECT_EQ(parse("2026-11-22T13:00:00+01:00"), noon);
  EXPECT_EQ(parse("2026-11-22 12:00:00"), noon);
}

TEST(TimeText, TheRememberedDateChangesNothing) {
  TimeParser parser(TimeFormat::rfc3339);
  EXPECT_EQ(parser.parse("2026-11-22T23:59:60Z"), noon + 43'200'000'000'000);
  EXPECT_EQ(parser.parse("2026-11-22T12:00:00.5Z"), noon + 500'000'000);
  EXPECT_EQ(parser.parse("2026-11-22T00:30:00+01:00"), noon - 45'000'000'000'000);
  EXPECT_EQ(parser.parse("2026-11-22T12:00:01Z"), noon + 1'000'000'000);
  EXPECT_FALSE(parser.parse("2026-11-22T24:00:00Z"));
  EXPECT_FALSE(parser.parse("2026-11-22T12:00:00.5xZ"));
  EXPECT_FALSE(parser.parse("2026-11-22T12:60:00Z"));
  EXPECT_EQ(parser.parse("2026-11-23T12:00:00Z"), noon + 86'400'000'000'000);
}

TEST(TimeText, GuessesTheUnitOfUnixTimesBySize) {
  EXPECT_EQ(parse("1795348800"), noon);
  EXPECT_EQ(parse("1795348800000"), noon);
  EXPECT_EQ(parse("1795348800000000"), noon);
  EXPECT_EQ(parse("1795348800000000000"), noon);
  EXPECT_EQ(parse("1795348800.25"), noon + 250'000'000);
  EXPECT_EQ(parse("1.7953488e9"), noon);
  EXPECT_EQ(parse("5", TimeFormat::milliseconds), 5'000'000);
  EXPECT_EQ(parse("-1.5", TimeFormat::seconds), -1'500'000'000);
}

TEST(TimeText, WhatIsNoTimeIsNotNow) {
  for (const char* text : {"", "now", "2026-13-01T00:00:00Z", "12:00", "1e30",
                           "99999999999999999999", "17.5.3", "0x5"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
  EXPECT_FALSE(parse("1795348800", TimeFormat::rfc3339));
  EXPECT_FALSE(parse("9999999999", TimeFormat::seconds)) << "beyond 64 bits of nanoseconds";
}

TEST(TimeText, WritesWhatItReads) {
  std::array<char, most_time_text> text{};
  for (const std::int64_t time :
       {std::int64_t{0}, noon, noon + 1, noon + 1'000'000, std::int64_t{-1}}) {
    const std::string written(text.data(), write_time(text.data(), time));
    EXPECT_EQ(parse(written, TimeFormat::rfc3339), time) << written;
  }
}

}  // namespace
}  // namespace weir::rows
