// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <weir/error.hpp>
#include <weir/testing.hpp>

#include "csv_record.hpp"
#include "decode.hpp"

namespace weir::rows {
namespace {

Decoded csv(const std::string& text, RowFormat format = {}, std::size_t piece = 1 << 20) {
  format.measurement = "m";
  return decode(make_csv_decoder(std::move(format)), text, piece);
}

TEST(CsvRecord, CutsQuotesAndLineEnds) {
  CsvSplitter splitter(',');
  CsvRecord record;
  const std::string text = "a,\"b,\"\"c\"\"\nd\",,\"\"\r\nnext";
  ASSERT_TRUE(splitter.split(text, false, record));
  EXPECT_EQ(record.cells, (std::vector<std::string_view>{"a", "b,\"c\"\nd", "", ""}));
  EXPECT_EQ(record.lines, 2U);
  EXPECT_EQ(text.substr(record.size), "next");
  EXPECT_FALSE(splitter.split("next", false, record));
  ASSERT_TRUE(splitter.split("next,", true, record));
  EXPECT_EQ(record.cells, (std::vector<std::string_view>{"next", ""}));
}

TEST(CsvRecord, MalformedQuotesCostOneLine) {
  CsvSplitter splitter(',');
  CsvRecord record;
  ASSERT_TRUE(splitter.split("\"a\"b,c\nnext\n", false, record));
  EXPECT_NE(record.fault, nullptr);
  EXPECT_EQ(record.size, 7U);
  EXPECT_FALSE(splitter.split("\"open\nnext\n", false, record));
  ASSERT_TRUE(splitter.split("\"open\nnext\n", true, record));
  EXPECT_NE(record.fault, nullptr);
  EXPECT_EQ(record.text, "\"open");
}

TEST(Csv, LearnsTypesFromTheFirstRows) {
  RowFormat format;
  format.tags = {"host"};
  const Decoded got =
      csv("time,host,i,f,b,s,id,none\n"
          "2026-11-22T12:00:00Z,a,1,1,true,x,007,\n"
          "2026-11-22T12:00:01Z,b,,2.5,FALSE,y,008,\n"
          "2026-11-22T12:00:02Z,,3,NaN,,\"z,\"\"1\"\"\",009,\n",
          format);
  ASSERT_EQ(got.rows(), 3U);
  EXPECT_TRUE(got.rejections.empty());
  const Batch& batch = got.batches.front();
  EXPECT_EQ(batch.column("i").type(), Type::int64);
  EXPECT_TRUE(batch.column("i").is_null(1));
  EXPECT_EQ(batch.column("f").type(), Type::float64);
  EXPECT_TRUE(batch.column("f").is_null(2));
  EXPECT_EQ(batch.column("b").type(), Type::boolean);
  EXPECT_EQ(batch.column("s").text(2), "z,\"1\"");
  EXPECT_EQ(batch.column("id").text(0), "007") << "leading zeros are no number";
  EXPECT_TRUE(batch.column("host").is_null(2));
  EXPECT_EQ(batch.find("none"), nullptr) << "nothing was ever in it";
}

TEST(Csv, BadRowsAreRejectedWithTheirLines) {
  const Decoded got =
      csv("time,v\n1,1\n2\n3,3,3\nx,4\n5,five\n\"6\n\"7\",7\n8,8\n9,\"\xC3\x28\"\n");
  EXPECT_EQ(got.rows(), 4U) << "1, 5 (it makes v text while types are learned), 7 and 8";
  RowFormat number;
  number.fields = {{"v", Type::float64}};
  const Decoded typed =
      csv("time,v\n1,1\n2\n3,3,3\nx,4\n5,five\n8,8\n9,\"\xC3\x28\"\n10,\"open\n11,11\n", number);
  EXPECT_EQ(typed.rows(), 3U);
  std::vector<std::uint64_t> lines;
  for (const Rejection& rejection : typed.rejections) lines.push_back(rejection.line);
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{3, 4, 5, 6, 8, 9}));
  EXPECT_EQ(typed.rejections[0].reason, "the row has 1 cells, the header 2");
}

TEST(Csv, AWrongHeaderIsOneClearError) {
  RowFormat tagged;
  tagged.tags = {"host"};
  EXPECT_THROW((void)csv("when,v\n1,1\n"), Fatal);
  EXPECT_THROW((void)csv("time,v,v\n1,1,1\n"), Fatal);
  EXPECT_THROW((void)csv("time,v\n1,1\n", tagged), Fatal);
  EXPECT_EQ(csv("").rows(), 0U);
  EXPECT_EQ(csv("time,v\n").rows(), 0U);
}

TEST(Csv, NamesForAFileWithoutHeader) {
  RowFormat format;
  format.header = {"time", "v"};
  format.delimiter = ';';
  const Decoded got = csv("1;1,5\n2;2,5", format);
  EXPECT_EQ(got.rows(), 2U);
  EXPECT_EQ(got.batches.front().column("v").text(1), "2,5");
}

TEST(Csv, TheSizeOfTheReadsChangesNothing) {
  std::string text = "time,s,v\r\n";
  for (int i = 0; i < 300; ++i)
    text += std::to_string(i) + ",\"line\r\n\"\"" + std::to_string(i) + "\"\"\"," +
            std::to_string(i) + ".5\r\n";
  const Batch whole = concatenate(csv(text).batches);
  EXPECT_EQ(whole.rows(), 300U);
  EXPECT_EQ(whole.column("s").text(7), "line\r\n\"7\"");
  for (const std::size_t piece : {7U, 64U, 999U}) {
    const Decoded got = csv(text, {}, piece);
    EXPECT_TRUE(got.rejections.empty()) << piece;
    EXPECT_EQ(got.rows(), 300U) << piece;
  }
}

}  // namespace
}  // namespace weir::rows
