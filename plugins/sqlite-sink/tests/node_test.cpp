// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "read_back.hpp"
#include "sqlite_sink.hpp"

namespace weir::sqlite_sink {
namespace {

using testing::batch;
using testing::Bench;
using ::testing::HasSubstr;

/// One row at time 0, one field.
template <class Value>
Batch one(const std::string& field, const Value& value, const std::string& unit = "") {
  BatchBuilder rows("m");
  const auto key = rows.field<Value>(field, unit);
  rows.row(0).set(key, value);
  return rows.build();
}

class SqliteNode : public ::testing::Test {
 protected:
  std::string reason() {
    const auto taken = bench.take("rejected");
    if (taken.size() != 1) return "batches: " + std::to_string(taken.size());
    return std::string(taken.front().column("reason").text(0));
  }

  Scratch scratch;
  std::string file = scratch.file();
  Bench<SqliteSink> bench{{{"path", file}}};
};

TEST_F(SqliteNode, WritingTwiceIsWritingOnce) {
  const Batch rows = batch("v", {1, std::nullopt, 3});
  bench.process(rows).flush().process(rows).process(rows).flush();
  EXPECT_EQ(read_back(file, "test"), rows);
  EXPECT_EQ(query(file, "SELECT count(*) FROM series"), "1");
}

TEST_F(SqliteNode, ALaterRowOverwritesWhatItHasAndLeavesTheRest) {
  bench.process(one("a", 1.0)).process(one("b", 2.0)).process(one("a", 5.0));
  bench.process(one<double>("b", std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(query(file, "SELECT count(*) || ' ' || a || ' ' || b FROM m"), "1 5.0 2.0");
}

TEST_F(SqliteNode, TablesAreStrictAndOrderedByTime) {
  bench.process(one("a", 1.0));
  EXPECT_EQ(query(file, "SELECT strict || wr FROM pragma_table_list('m')"), "11");
  EXPECT_EQ(query(file,
                  "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('m') WHERE "
                  "pk > 0 ORDER BY pk)"),
            "time,series_id");
  EXPECT_EQ(query(file, "PRAGMA journal_mode"), "wal");
}

TEST_F(SqliteNode, TheViewShowsTimeAsTextAndTagsAsColumns) {
  BatchBuilder rows("icmp");
  const auto target = rows.tag("target");
  const auto rtt = rows.field<double>("rtt_ms", "ms");
  rows.row(1'732'233'600'200'000'000).set(target, "8.8.8.8").set(rtt, 1.5);
  rows.row(-1).set(rtt, 2.5);
  bench.process(rows.build());
  EXPECT_EQ(query(file, "SELECT time || ' ' || rtt_ms FROM icmp_view WHERE target = '8.8.8.8'"),
            "2024-11-22T00:00:00.200000000Z 1.5");
  EXPECT_EQ(query(file, "SELECT time FROM icmp_view WHERE target IS NULL"),
            "1969-12-31T23:59:59.999999999Z");
  bench.process(one("x", 1.0)).process(one("y", 2.0));
  EXPECT_EQ(query(file, "SELECT x || ' ' || y FROM m_view"), "1.0 2.0");
}

TEST_F(SqliteNode, UnitsAreKept) {
  bench.process(one("a", 1.0, "ms"));
  EXPECT_EQ(query(file, "SELECT unit FROM weir_columns WHERE \"column\" = 'a'"), "ms");
}

TEST_F(SqliteNode, ATypeThatDoesNotFitRejectsTheRowWithItsReason) {
  bench.process(one("a", std::int64_t{1}));
  bench.process(one("a", std::string("one")));
  EXPECT_THAT(
      reason(),
      HasSubstr("column 'a' holds a value of type utf8 that the store's int64 cannot hold"));
  EXPECT_EQ(bench.count("rejected_rows"), 1U);
  EXPECT_EQ(query(file, "SELECT a FROM m"), "1");
  bench.process(one("a", true));
  EXPECT_THAT(reason(), HasSubstr("boolean"));
}

TEST_F(SqliteNode, OnlyTheRowsThatDoNotFitAreRejected) {
  bench.process(one("v", std::int64_t{7}));
  BatchBuilder rows("m");
  const auto key = rows.field<double>("v");
  rows.row(1).set(key, 2.0);
  rows.row(2).set(key, 2.5);
  rows.row(3);
  rows.row(4).set(key, 1e300);
  bench.process(rows.build());
  const auto rejected = bench.take("rejected");
  ASSERT_EQ(rejected.size(), 1U);
  EXPECT_EQ(std::vector<std::int64_t>(rejected[0].times().begin(), rejected[0].times().end()),
            (std::vector<std::int64_t>{2, 4}));
  EXPECT_EQ(query(file, "SELECT group_concat(time || '=' || coalesce(v, 'null')) FROM m"),
            "0=7,1=2,3=null");
}

TEST_F(SqliteNode, IntegersGoIntoARealColumnIfADoubleHoldsThem) {
  bench.process(one("v", 0.5)).process(one("v", std::int64_t{3}));
  EXPECT_EQ(query(file, "SELECT v FROM m"), "3.0");
  bench.process(one("v", (std::int64_t{1} << 53) + 1));
  EXPECT_THAT(reason(), HasSubstr("cannot hold exactly"));
  bench.process(one("v", std::numeric_limits<std::int64_t>::max()));
  EXPECT_THAT(reason(), HasSubstr("cannot hold exactly"));
}

TEST_F(SqliteNode, AnotherUnitIsNotMixedIn) {
  bench.process(one("v", 1.0, "ms")).process(one("v", 2.0, "s"));
  EXPECT_THAT(reason(), HasSubstr("is in s here and in ms in the store"));
  bench.process(one("v", 3.0));
  EXPECT_EQ(query(file, "SELECT v FROM m"), "3.0");
}

TEST_F(SqliteNode, ATagCannotBecomeAFieldNorAFieldATag) {
  BatchBuilder tagged("m");
  const auto tag = tagged.tag("host");
  tagged.row(0).set(tag, "a");
  const Batch as_tag = tagged.build();
  bench.process(as_tag).process(one("host", std::string("b")));
  EXPECT_THAT(reason(), HasSubstr("'host' is a field here and a tag in the store"));

  bench.process(one("v", 1.0).renamed("other"));
  BatchBuilder reversed("other");
  const auto key = reversed.tag("v");
  reversed.row(1).set(key, "x");
  reversed.row(2);
  bench.process(reversed.build());
  EXPECT_THAT(reason(), HasSubstr("'v' is a tag here and a field in the store"));
  EXPECT_EQ(query(file, "SELECT count(*) FROM other"), "2");
}

TEST_F(SqliteNode, AReasonOfItsOwnIsKeptBesideOurs) {
  bench.process(one("reason", std::int64_t{1})).process(one("reason", std::string("mine")));
  const auto rejected = bench.take("rejected");
  ASSERT_EQ(rejected.size(), 1U);
  EXPECT_EQ(rejected[0].column("own_reason").text(0), "mine");
  EXPECT_THAT(std::string(rejected[0].column("reason").text(0)), HasSubstr("int64"));
}

TEST_F(SqliteNode, TagsInAnyOrderAreOneSeriesAndANullTagIsNone) {
  const auto tagged = [](std::vector<std::pair<std::string, std::optional<std::string>>> tags,
                         std::int64_t time) {
    BatchBuilder rows("m");
    std::vector<BatchBuilder::Key> keys;
    for (const auto& [name, value] : tags) keys.push_back(rows.tag(name));
    auto row = rows.row(time);
    for (std::size_t i = 0; i < keys.size(); ++i) row.set(keys[i], tags[i].second);
    return rows.build();
  };
  bench.process(tagged({{"a", "1"}, {"b", "2"}}, 0)).process(tagged({{"b", "2"}, {"a", "1"}}, 1));
  bench.process(tagged({{"a", "1"}}, 2)).process(tagged({{"a", "1"}, {"b", std::nullopt}}, 3));
  bench.process(tagged({{"a", "1"}, {"b", ""}}, 4));
  EXPECT_EQ(
      query(file, "SELECT group_concat(tags, ' ') FROM (SELECT tags FROM series ORDER BY id)"),
      R"({"a":"1","b":"2"} {"a":"1"} {"a":"1","b":""})");
}

TEST_F(SqliteNode, FlushWithSynchronousFullWorksWithAndWithoutRows) {
  Bench<SqliteSink> full({{"path", file}, {"synchronous", "full"}});
  full.flush().process(one("v", 1.0)).flush().flush().process(one("w", 2.0)).flush();
  EXPECT_EQ(query(file, "SELECT v + w FROM m"), "3.0");
}

}  // namespace
}  // namespace weir::sqlite_sink
