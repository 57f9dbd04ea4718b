// SPDX-License-Identifier: Apache-2.0
// Which measurements, fields, series and times are read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store.hpp"

namespace weir::sqlite_source {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names(const std::vector<Batch>& batches) {
  std::vector<std::string> found;
  for (const Batch& batch : batches) found.push_back(batch.measurement());
  return found;
}

TEST(SqliteSourceChoice, MeasurementsByNameAndPattern) {
  const Scratch scratch;
  store(scratch.file(), {counting(0, 1, "eth1"), counting(0, 1, "eth10"), counting(0, 1, "ping")});
  EXPECT_THAT(names(read({{"measurements", "eth1"}}, scratch.file())), ElementsAre("eth1"));
  EXPECT_THAT(names(read({{"measurements", "p*,eth1*"}}, scratch.file())),
              ElementsAre("eth1", "eth10", "ping"));
}

TEST(SqliteSourceChoice, FieldsByNameAndPattern) {
  const Scratch scratch;
  BatchBuilder rows("net");
  const auto tag = rows.tag("interface");
  const auto rx = rows.field<double>("rx_mbps", "Mbit/s");
  const auto tx = rows.field<double>("tx_mbps", "Mbit/s");
  const auto errors = rows.field<std::int64_t>("errors");
  rows.row(0).set(tag, "eth0").set(rx, 1.0).set(tx, 2.0);
  rows.row(1).set(tag, "eth0").set(errors, std::int64_t{3});
  const Batch in = rows.build();
  store(scratch.file(), {in});
  // A row stays a row although all that is wanted of it is null.
  EXPECT_EQ(concatenate(read({{"fields", "*x_mbps"}}, scratch.file())), in.without("errors"));

  Bench<SqliteSource> none({{"path", scratch.file()}, {"fields", "rx"}});
  EXPECT_TRUE(read_all(none).empty());
  EXPECT_THAT(none.logs(), ElementsAre(HasSubstr("holds rx_mbps, tx_mbps, errors")));
}

TEST(SqliteSourceChoice, SeriesByTheirTags) {
  const Scratch scratch;
  BatchBuilder rows("m");
  const auto host = rows.tag("host");
  const auto area = rows.tag("area");
  const auto value = rows.field<double>("v");
  for (std::int64_t i = 0; i < 40; ++i) {
    auto row = rows.row(i).set(value, static_cast<double>(i));
    if (i % 4 != 3) row.set(host, "eth1" + std::string(static_cast<std::size_t>(i % 4), '0'));
    row.set(area, i < 20 ? "north" : "south");
  }
  const Batch in = rows.build();
  store(scratch.file(), {in});
  const auto chosen = [&](const TagFilter& filter) {
    Bench<SqliteSource> source({{"path", scratch.file()}, {"batch_rows", "3"}});
    source.node().options.tags = filter;
    const Batch out = concatenate(read_all(source));
    return std::vector<std::int64_t>(out.times().begin(), out.times().end());
  };
  EXPECT_THAT(chosen({{"host", "eth1"}, {"area", "south"}}), ElementsAre(20, 24, 28, 32, 36));
  EXPECT_EQ(chosen({{"host", "eth1*"}}).size(), 30U) << "a series without the tag does not fit";
  EXPECT_EQ(chosen({{"area", "*"}}).size(), 40U);
}

TEST(SqliteSourceChoice, TimesFromSinceOn) {
  const Scratch scratch;
  const std::int64_t second = 1'000'000'000;
  BatchBuilder rows("m");
  const auto value = rows.field<std::int64_t>("v");
  for (std::int64_t i = 0; i < 10; ++i) rows.row(i * second).set(value, i);
  const Batch in = rows.build();
  store(scratch.file(), {in});
  EXPECT_EQ(concatenate(read({{"since", "1970-01-01T00:00:04Z"}}, scratch.file())), in.slice(4, 6));
  const Timestamp now{std::chrono::seconds(12)};
  EXPECT_EQ(concatenate(read({{"last", "5s"}}, scratch.file(), now)), in.slice(7, 3));
  EXPECT_TRUE(read({{"last", "1s"}}, scratch.file(), now).empty());
  EXPECT_THROW((void)read({{"last", "1s"}, {"since", "1970-01-01"}}, scratch.file()), Fatal);
}

TEST(SqliteSourceChoice, ReadingEndsAlthoughTheSinkGoesOn) {
  const Scratch scratch;
  Bench<sqlite_sink::SqliteSink> sink({{"path", scratch.file()}});
  sink.process(counting(0, 10));
  Bench<SqliteSource> source({{"path", scratch.file()}, {"batch_rows", "4"}});
  std::int64_t next = 10;
  while (!std::holds_alternative<End>(source.produce()) && next < 1000) {
    sink.process(counting(next, 5));
    next += 5;
  }
  EXPECT_EQ(concatenate(source.take()), counting(0, 10));
  EXPECT_TRUE(sink.take("rejected").empty());
}

}  // namespace
}  // namespace weir::sqlite_source
