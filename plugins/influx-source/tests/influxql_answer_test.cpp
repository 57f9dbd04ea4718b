// SPDX-License-Identifier: Apache-2.0
#include "influxql_answer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <weir/testing.hpp>

namespace weir::influx_source::influxql {
namespace {

std::vector<ColumnBuilder> builders() {
  std::vector<ColumnBuilder> made;
  made.emplace_back(
      ColumnInfo{.name = "time", .type = Type::timestamp, .role = Role::time, .unit = "ns"});
  made.emplace_back(ColumnInfo{.name = "host", .type = Type::utf8, .role = Role::tag});
  made.emplace_back(ColumnInfo{.name = "f", .type = Type::float64});
  made.emplace_back(ColumnInfo{.name = "i", .type = Type::int64});
  made.emplace_back(ColumnInfo{.name = "b", .type = Type::boolean});
  made.emplace_back(ColumnInfo{.name = "s", .type = Type::utf8});
  return made;
}

Batch batch_of(std::vector<ColumnBuilder>& columns) {
  std::vector<Column> built;
  for (ColumnBuilder& column : columns) built.push_back(column.build());
  return {"m", std::move(built)};
}

std::string rows(const std::string& values) {
  return R"({"results":[{"statement_id":0,"series":[{"name":"m","columns":[],"values":[)" + values +
         "]}]}]}";
}

TEST(InfluxqlAnswer, EveryTypeAndNull) {
  auto columns = builders();
  const RowsRead read =
      read_rows(rows(R"([-9223372036854775806,"a",3,9007199254740993,true,"x\u0000\"é"],
      [1,"",null,null,null,""],[2,null,1e+300,-9223372036854775808,false,null])"),
                columns);
  EXPECT_EQ(read.rows, 3U);
  EXPECT_FALSE(read.partial);
  const Batch batch = batch_of(columns);
  EXPECT_EQ(batch.times()[0], std::numeric_limits<std::int64_t>::min() + 2);
  EXPECT_EQ(batch.column("host").text(0), "a");
  EXPECT_TRUE(batch.column("host").is_null(1)) << "an empty tag is none";
  EXPECT_TRUE(batch.column("host").is_null(2));
  EXPECT_EQ(batch.column("f").doubles()[0], 3);
  EXPECT_TRUE(batch.column("f").is_null(1));
  EXPECT_EQ(batch.column("f").doubles()[2], 1e300);
  EXPECT_EQ(batch.column("i").integers()[0], (std::int64_t{1} << 53) + 1);
  EXPECT_EQ(batch.column("i").integers()[2], std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(batch.column("b").boolean(0));
  EXPECT_EQ(batch.column("s").text(0), std::string_view("x\0\"é", 5));
  EXPECT_TRUE(batch.column("s").valid(1)) << "an empty text is a text";
  EXPECT_TRUE(batch.column("s").is_null(2));
}

// InfluxDB 1.6 of Debian is built without unsigned fields; others are built with them.
TEST(InfluxqlAnswer, UnsignedValuesBeyond63BitsAreNullsAndCounted) {
  auto columns = builders();
  const RowsRead read = read_rows(
      rows(R"([1,"a",1,18446744073709551615,true,"x"],[2,"a",1,9223372036854775807,true,"x"])"),
      columns);
  EXPECT_EQ(read.too_large, 1U);
  const Batch batch = batch_of(columns);
  EXPECT_TRUE(batch.column("i").is_null(0));
  EXPECT_EQ(batch.column("i").integers()[1], std::numeric_limits<std::int64_t>::max());
}

TEST(InfluxqlAnswer, NoSeriesIsNoRowsAndALimitOfTheServerIsSeen) {
  auto columns = builders();
  EXPECT_EQ(read_rows(R"({"results":[{"statement_id":0}]})", columns).rows, 0U);
  EXPECT_TRUE(
      read_rows(R"({"results":[{"series":[{"values":[],"partial":true}]}]})", columns).partial);
  EXPECT_TRUE(read_rows(R"({"results":[{"series":[],"partial":true}]})", columns).partial);
}

TEST(InfluxqlAnswer, TheServersErrorsAreTold) {
  EXPECT_THROW((void)read_texts(R"({"results":[{"error":"database not found: q"}]})"), NotThere);
  EXPECT_THROW((void)read_texts(R"({"results":[{"error":"retention policy not found: w"}]})"),
               Fatal);
  EXPECT_THROW((void)read_texts(R"({"results":[{"error":"timeout"}]})"), RetryLater);
  EXPECT_THROW((void)read_texts(R"({"error":"timeout"})"), RetryLater);
}

TEST(InfluxqlAnswer, HostileTextsAreRefused) {
  for (const char* text : {"", "<html>", "[]", "{}", R"({"results":7})", R"({"results":[7]})",
                           R"({"results":[{"series":[7]}]})", R"({"results":[{"series":[{}]}]})",
                           R"({"results":[{"series":[{"values":[7]}]}]})",
                           R"({"results":[{"series":[{"values":[[7]]}]}]})",
                           R"({"results":[{"series":[{"values":[["a"]]}]})"}) {
    EXPECT_THROW((void)read_texts(text), Fatal) << text;
    auto columns = builders();
    EXPECT_THROW((void)read_rows(text, columns), Fatal) << text;
  }
  for (const char* row :
       {R"([1,"a",1,1,true])", R"([1,"a",1,1,true,"x",1])", R"(["1","a",1,1,true,"x"])",
        R"([null,"a",1,1,true,"x"])", R"([18446744073709551615,"a",1,1,true,"x"])",
        R"([1,2,1,1,true,"x"])", R"([1,"a","1",1,true,"x"])", R"([1,"a",1,1.5,true,"x"])",
        R"([1,"a",1,1,1,"x"])", R"([1,"a",1,1,true,[]])", "[1,\"a\",1,1,true,\"\xFF\"]"}) {
    auto columns = builders();
    EXPECT_THROW(
        {
          (void)read_rows(rows(row), columns);
          (void)batch_of(columns);
        },
        Error)
        << row;
  }
  EXPECT_THROW((void)read_texts(std::string(2000, '[')), Fatal);
}

}  // namespace
}  // namespace weir::influx_source::influxql
