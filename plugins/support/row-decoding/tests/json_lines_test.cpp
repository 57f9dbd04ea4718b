// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <weir/testing.hpp>

#include "decode.hpp"

namespace weir::rows {
namespace {

RowFormat format() {
  RowFormat format;
  format.measurement = "m";
  return format;
}

Decoded json(const std::string& text, RowFormat with = format(), std::size_t piece = 1 << 20) {
  return decode(make_json_lines_decoder(std::move(with)), text, piece);
}

TEST(JsonLines, ReadsTypesNullsAndTags) {
  RowFormat with = format();
  with.tags = {"host"};
  const Decoded got = json(
      "{\"time\":\"2026-11-22T12:00:00Z\",\"host\":\"a\",\"x\":1,\"y\":1.5,\"up\":true,\"s\":\"t\"}"
      "\n"
      "{\"time\":\"2026-11-22T12:00:01Z\",\"host\":\"b\",\"x\":2,\"y\":2,\"up\":false,\"s\":null}\n"
      "{\"time\":\"2026-11-22T12:00:02Z\",\"x\":3}\n",
      with);
  ASSERT_EQ(got.batches.size(), 1U);
  EXPECT_TRUE(got.rejections.empty());
  const Batch& batch = got.batches.front();
  EXPECT_EQ(batch.times()[0], 1'795'348'800'000'000'000);
  EXPECT_EQ(batch.column("host").role(), Role::tag);
  EXPECT_EQ(batch.column("host").text(1), "b");
  EXPECT_TRUE(batch.column("host").is_null(2));
  EXPECT_EQ(batch.column("x").type(), Type::int64);
  EXPECT_EQ(batch.column("x").integers()[2], 3);
  EXPECT_EQ(batch.column("y").type(), Type::float64);
  EXPECT_EQ(batch.column("y").doubles()[1], 2);
  EXPECT_TRUE(batch.column("y").is_null(2));
  EXPECT_TRUE(batch.column("up").boolean(0));
  EXPECT_TRUE(batch.column("s").is_null(1));
}

TEST(JsonLines, EveryBadRowIsKeptWithItsLineAndReason) {
  const Decoded got = json(
      "{\"time\":1,\"v\":1}\n"
      "not json\n"
      "\n"
      "{\"v\":2}\n"
      "{\"time\":\"yesterday\",\"v\":3}\n"
      "{\"time\":5,\"v\":\"wrong\"}\n"
      "{\"time\":6,\"v\":6,\"v\":7}\n"
      "{\"time\":7,\"v\":7} trailing\n"
      "{\"time\":8,\"v\":\"\xFF\"}\n"
      "[1,2]\n"
      "{\"time\":9,\"v\":9",
      [] {
        RowFormat with = format();
        with.fields = {{"v", Type::int64}};
        return with;
      }());
  EXPECT_EQ(got.rows(), 1U);
  std::vector<std::uint64_t> lines;
  for (const Rejection& rejection : got.rejections) {
    lines.push_back(rejection.line);
    EXPECT_FALSE(rejection.reason.empty());
  }
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{2, 4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_NE(got.rejections[2].reason.find("'yesterday' is no time"), std::string::npos)
      << got.rejections[2].reason;
  EXPECT_EQ(got.rejections[6].text, "{\"time\":8,\"v\":\"\\xff\"}");
}

TEST(JsonLines, ALaterValueThatDoesNotFitIsRejectedNotChanged) {
  RowFormat with = format();
  with.learn_rows = 2;
  const Decoded got = json(
      "{\"time\":1,\"v\":1}\n{\"time\":2,\"v\":2}\n{\"time\":3,\"v\":2.5}\n{\"time\":4,\"v\":4.0}"
      "\n",
      with);
  EXPECT_EQ(got.rows(), 3U);
  EXPECT_EQ(got.batches.front().column("v").integers()[2], 4);
  ASSERT_EQ(got.rejections.size(), 1U);
  EXPECT_NE(got.rejections[0].reason.find("'v' holds int64"), std::string::npos);
}

TEST(JsonLines, AColumnThatComesLateJoins) {
  RowFormat with = format();
  with.learn_rows = 1;
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += "{\"time\":" + std::to_string(i) + ",\"v\":1" +
            (i >= 10 ? ",\"w\":" + std::to_string(i) : "") + "}\n";
  }
  const Decoded got = json(text, with);
  ASSERT_EQ(got.rows(), 20U);
  const Batch& batch = got.batches.front();
  EXPECT_EQ(batch.column("w").null_count(), 10U);
  EXPECT_EQ(batch.column("w").doubles()[19], 19);
}

TEST(JsonLines, ANullUnderANewNameDoesNotHideLaterValues) {
  std::string text;
  RowFormat with = format();
  with.learn_rows = 5;
  for (int i = 0; i < 30; ++i) {
    text +=
        "{\"time\":" + std::to_string(i) + ",\"v\":1,\"w\":" + (i < 25 ? "null" : "7.5") + "}\n";
  }
  const Decoded got = json(text, with);
  EXPECT_EQ(got.batches.front().column("w").doubles()[29], 7.5);
}

TEST(JsonLines, TheTimeHasOneNameAndAnotherTimeColumnStays) {
  RowFormat with = format();
  with.time_column = "ts";
  const Decoded got = json("{\"ts\":1,\"time\":5,\"v\":1}\n{\"ts\":2,\"time\":6,\"v\":1}\n", with);
  EXPECT_EQ(got.batches.front().time().name(), "time");
  EXPECT_EQ(got.batches.front().column("time_value").integers()[1], 6);
}

/// A random line; `plain`: the same keys in the same order, as one program writes them.
std::string random_line(std::mt19937& random, int i, bool plain) {
  static const std::vector<std::string> values = {"1",
                                                  "-7",
                                                  "0",
                                                  "2.5",
                                                  "-0.125",
                                                  "1e3",
                                                  "123456789012345678",
                                                  "0.1234567890123456789",
                                                  "null",
                                                  "9007199254740993",
                                                  "3.0",
                                                  "12345678901234567890",
                                                  "01",
                                                  "1.",
                                                  "-",
                                                  "true"};
  static const std::vector<std::string> texts = {
      "\"a\"",         "\"long text over sixteen bytes\"",
      "\"qu\\\"ote\"", "\"\\u00e9\"",
      "\"é\"",         "null",
      "\"\"",          "5",
      "[1,2]",         "\"un"};
  const auto pick = [&](const auto& list) { return list[random() % list.size()]; };
  std::string line = "{\"time\":" + std::to_string(1000 + i);
  std::vector<std::string> parts = {",\"x\":" + pick(values), ",\"s\":" + pick(texts),
                                    ",\"b\":" + std::string(random() % 2 ? "true" : "false"),
                                    ",\"y\": " + pick(values)};
  if (!plain && random() % 4 == 0) std::swap(parts[0], parts[3]);
  if (!plain && random() % 4 == 0) parts.pop_back();
  for (const std::string& part : parts) line += part;
  return line + (random() % 50 == 0 ? "" : "}");
}

TEST(JsonLines, TheFastPathAndTheGeneralOneAgree) {
  std::mt19937 random(11);
  RowFormat with = format();
  with.fields = {{"x", Type::float64}, {"s", Type::utf8}, {"b", Type::boolean}, {"y", Type::int64}};
  for (const bool plain : {true, false}) {
    std::string fast;
    std::string general;
    for (int i = 0; i < 5000; ++i) {
      const std::string line = random_line(random, i, plain);
      fast += line + "\n";
      // A different blank before each colon makes every line a stranger to the one before.
      std::string strange = line;
      strange.insert(strange.find(':'), static_cast<std::size_t>(i % 50), ' ');
      general += strange + "\n";
    }
    const Decoded a = json(fast, with);
    const Decoded b = json(general, with);
    EXPECT_EQ(a.batches, b.batches);
    ASSERT_EQ(a.rejections.size(), b.rejections.size());
    EXPECT_GT(a.rows(), 1000U);
    EXPECT_GT(a.rejections.size(), 100U);
    for (std::size_t i = 0; i < a.rejections.size(); ++i)
      EXPECT_EQ(a.rejections[i].line, b.rejections[i].line);
  }
}

TEST(JsonLines, TheSizeOfTheReadsChangesNothing) {
  std::string text;
  for (int i = 0; i < 500; ++i) {
    text += "{\"time\":" + std::to_string(i) + ",\"host\":\"h" + std::to_string(i % 7) +
            "\",\"v\":" + std::to_string(i) + ".25}\r\n";
  }
  text += "{\"time\":500,\"host\":\"last\",\"v\":1.5}";
  RowFormat with = format();
  with.learn_rows = 1;
  const Batch whole = concatenate(json(text, with).batches);
  EXPECT_EQ(whole.rows(), 501U);
  for (const std::size_t piece : {64U, 100U, 1000U}) {
    const Decoded got = json(text, with, piece);
    EXPECT_EQ(concatenate(got.batches), whole) << piece;
    EXPECT_TRUE(got.rejections.empty());
  }
}

}  // namespace
}  // namespace weir::rows
