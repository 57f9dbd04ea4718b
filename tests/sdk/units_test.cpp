// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <weir/units.hpp>

namespace weir {
namespace {

using namespace std::chrono_literals;

TEST(Durations, AreNumbersWithAUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1.5 h"), 90min);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("5min"), 5min);
  EXPECT_EQ(parse_duration("1e3us"), 1ms);
  EXPECT_EQ(parse_duration("2w"), 14 * 24h);
  EXPECT_EQ(parse_duration("-1s"), -1s);
  EXPECT_EQ(parse_duration("0"), 0s);
  for (const char* wrong :
       {"", "5", "s", "5 parsecs", "five s", "nans", "infs", "1e400s", "300y", "1s ", " 1s",
        "1h30m", "0x10s", "1e300w", "99999999999w", "+1s", "1,5s"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(Durations, KeepEveryNanosecond) {
  for (const std::int64_t count :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1500000000}, std::int64_t{9007199254740993},
        std::int64_t{3600000000001}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(parse_duration(to_text(Duration{count})), Duration{count}) << count;
  }
  EXPECT_EQ(to_text(Duration{1500ms}), "1500ms");
  EXPECT_EQ(to_text(Duration{120s}), "2m");
  EXPECT_EQ(to_text(Duration{48h}), "2d");
}

TEST(Sizes, AreDecimalOrBinary) {
  EXPECT_EQ(parse_bytes("64MiB"), Bytes{64 << 20});
  EXPECT_EQ(parse_bytes("1 kB"), Bytes{1000});
  EXPECT_EQ(parse_bytes("0.5KiB"), Bytes{512});
  EXPECT_EQ(parse_bytes("17"), Bytes{17});
  EXPECT_EQ(parse_bytes("9007199254740993B"), Bytes{9007199254740993});
  for (const char* wrong : {"", "-1", "1mb", "1KB", "1 byte", "9e18TB", "nan", "1Mbit"}) {
    EXPECT_EQ(parse_bytes(wrong), std::nullopt) << wrong;
  }
  for (const std::int64_t count : {0L, 1L, 1024L, 1500L, 1L << 30U, 9007199254740993L}) {
    EXPECT_EQ(parse_bytes(to_text(Bytes{count})), Bytes{count}) << count;
  }
}

TEST(Timestamps, AreRfc3339) {
  const auto seconds = [](const char* text) {
    const auto time = parse_timestamp(text);
    return time ? std::optional(time->time_since_epoch().count()) : std::nullopt;
  };
  EXPECT_EQ(seconds("1970-01-01T00:00:01Z"), 1'000'000'000);
  EXPECT_EQ(seconds("1970-01-01 00:00:01"), 1'000'000'000);
  EXPECT_EQ(seconds("1970-01-02"), 86'400'000'000'000);
  EXPECT_EQ(seconds("1970-01-01t01:00:00.5+01:00"), 500'000'000);
  EXPECT_EQ(seconds("1969-12-31T23:30:00-00:30"), 0);
  EXPECT_EQ(seconds("1970-01-01T00:00:00.123456789Z"), 123'456'789);
  EXPECT_EQ(seconds("1970-01-01T00:00:00.1234567899Z"), 123'456'789);
  EXPECT_EQ(seconds("1972-06-30T23:59:60Z"), seconds("1972-07-01"));  // a leap second
  EXPECT_EQ(seconds("2024-02-29"), 1'709'164'800'000'000'000);
  for (const char* wrong : {"",
                            "2026",
                            "2026-11-2",
                            "2026-13-01",
                            "2023-02-29",
                            "2026-11-22T",
                            "2026-11-22T10:00",
                            "2026-11-22T24:00:00Z",
                            "2026-11-22T10:60:00Z",
                            "2026-11-22T10:00:61Z",
                            "2026-11-22T10:00:00+1:00",
                            "2026-11-22T10:00:00+24:00",
                            "2026-11-22T10:00:00ZZ",
                            "2026-11-22X10:00:00Z",
                            "26-11-22T10:00:00Z",
                            "1677-12-31",
                            "2262-01-01",
                            "2026-11-22T10:00:00 Z",
                            "2026/11/22",
                            "-026-11-22",
                            "2026-11-22T1a:00:00Z"}) {
    EXPECT_EQ(parse_timestamp(wrong), std::nullopt) << wrong;
  }
}

TEST(Timestamps, ReadBackWhatIsWritten) {
  EXPECT_EQ(to_text(Timestamp{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_text(Timestamp{1500ms}), "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(to_text(Timestamp{1us}), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(to_text(Timestamp{-1ns}), "1969-12-31T23:59:59.999999999Z");
  for (const std::int64_t count :
       {-9'214'000'000'000'000'001, -86'400'000'000'000, 1'795'341'600'000'000'010}) {
    const Timestamp time{Duration{count}};
    EXPECT_EQ(parse_timestamp(to_text(time)), time) << count;
  }
}

/// Data may hold any 64 bits as a time; none of them may upset the program.
TEST(Timestamps, WriteTheExtremes) {
  EXPECT_EQ(to_text(Timestamp::min()), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(to_text(Timestamp::max()), "2262-04-11T23:47:16.854775807Z");
}

}  // namespace
}  // namespace weir
