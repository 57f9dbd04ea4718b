// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "decode.hpp"
#include "line_protocol_line.hpp"

namespace weir::rows {
namespace {

Decoded lines(const std::string& text, std::size_t piece = 1 << 20) {
  return decode(make_line_protocol_decoder({}), text, piece);
}

TEST(LineProtocolLine, TakesEscapesApart) {
  LineProtocolLine line;
  ASSERT_EQ(
      parse_line(R"(my\ m\,x,t\=1=a\ b,u=c\d f\,1="say \"hi\" \\ \n",g=5i,h=t,k=-1.5e3,l=7u 123)",
                 line),
      nullptr);
  EXPECT_EQ(line.measurement, "my m,x");
  ASSERT_EQ(line.tags.size(), 2U);
  EXPECT_EQ(line.tags[0].first, "t=1");
  EXPECT_EQ(line.tags[0].second, "a b");
  EXPECT_EQ(line.tags[1].second, "c\\d") << "a backslash before another character is itself";
  ASSERT_EQ(line.fields.size(), 5U);
  EXPECT_EQ(line.fields[0].first, "f,1");
  EXPECT_EQ(line.fields[0].second.text, "say \"hi\" \\ \\n");
  EXPECT_EQ(line.fields[1].second.integer, 5);
  EXPECT_TRUE(line.fields[2].second.boolean);
  EXPECT_EQ(line.fields[3].second.number, -1500);
  EXPECT_EQ(line.fields[4].second.integer, 7);
  EXPECT_EQ(line.time, "123");
}

TEST(LineProtocolLine, SaysWhatIsWrong) {
  LineProtocolLine line;
  for (const char* text :
       {"", ",t=a v=1 1", "m", "m ", "m v 1", "m v= 1", "m =1 1", "m,t= v=1 1", "m,t v=1 1",
        "m v=\"x 1", "m v=1x 1", "m v=5ii 1", "m v=1 1 1", "m v=\"x\"y 1",
        "m v=9223372036854775808i 1", "m v=-1u 1", "m v=nan 1", "m v=1, 1"}) {
    EXPECT_NE(parse_line(text, line), nullptr) << text;
  }
}

TEST(LineProtocol, OneBatchForEachMeasurement) {
  const Decoded got = lines(
      "# comment\ncpu,host=a v=1 10\nmem,host=a free=5i 20\r\ncpu,host=b v=2,w=t 30\n\ncpu v=3 40");
  ASSERT_EQ(got.batches.size(), 2U);
  EXPECT_TRUE(got.rejections.empty());
  const Batch& cpu = got.batches[0];
  EXPECT_EQ(cpu.measurement(), "cpu");
  EXPECT_EQ(cpu.rows(), 3U);
  EXPECT_EQ(cpu.times()[2], 40);
  EXPECT_TRUE(cpu.column("host").is_null(2));
  EXPECT_TRUE(cpu.column("w").is_null(0));
  EXPECT_EQ(got.batches[1].column("free").integers()[0], 5);
}

TEST(LineProtocol, RowsThatCannotBeUsedAreKeptAside) {
  const Decoded got = lines(
      "m v=1 1\nm v=2\nm v=\"text\" 3\nm,v=tag x=1 4\nm a=1,a=2 5\nm v=\xFF 6\nm v=6 6\nm s=\"open "
      "7");
  EXPECT_EQ(got.rows(), 2U);
  std::vector<std::uint64_t> at;
  for (const Rejection& rejection : got.rejections) at.push_back(rejection.line);
  EXPECT_EQ(at, (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 8}));
  EXPECT_EQ(got.rejections[0].reason, "the line has no time") << "never silently now";
}

TEST(LineProtocol, LineEndsInQuotedTextBelongToIt) {
  const std::string text = "m s=\"a\nb\",v=1 1\nm,t=it\"s v=2 2\nm v=3 3\n";
  for (const std::size_t piece : {std::size_t{3}, std::size_t{1000}}) {
    const Decoded got = lines(text, piece);
    EXPECT_TRUE(got.rejections.empty());
    EXPECT_EQ(got.rows(), 3U);
    const Batch& first = got.batches.front();
    EXPECT_EQ(first.column("s").text(0), "a\nb");
  }
}

TEST(LineProtocol, AFieldMayBeCalledTime) {
  const Decoded got = lines("m time=5 1\n");
  EXPECT_EQ(got.batches.front().column("time_value").doubles()[0], 5);
}

}  // namespace
}  // namespace weir::rows
