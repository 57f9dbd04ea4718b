// SPDX-License-Identifier: Apache-2.0
// Every value, type and unit that goes in comes out again.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <weir/testing.hpp>

#include "read_back.hpp"
#include "sqlite_sink.hpp"

namespace weir::sqlite_sink {
namespace {

using testing::Bench;
using std::string_view_literals::operator""sv;

Batch stored(const Batch& rows) {
  const Scratch scratch;
  Bench<SqliteSink> bench({{"path", scratch.file()}});
  bench.process(rows).flush().finish();
  EXPECT_TRUE(bench.take("rejected").empty());
  return read_back(scratch.file(), rows.measurement());
}

TEST(SqliteRoundtrip, EveryTypeWithItsExtremesAndNulls) {
  BatchBuilder rows("all types");
  const auto host = rows.tag("host");
  const auto real = rows.field<double>("real", "ms");
  const auto whole = rows.field<std::int64_t>("whole", "probes");
  const auto flag = rows.field<bool>("flag");
  const auto text = rows.field<std::string>("text");
  const auto issued = rows.add({.name = "issued_at", .type = Type::timestamp, .role = Role::field});
  using Integer = std::numeric_limits<std::int64_t>;
  using Real = std::numeric_limits<double>;
  rows.row(Integer::min())
      .set(host, "a")
      .set(whole, Integer::min())
      .set(real, Real::denorm_min())
      .set(text, "");
  rows.row(-1).set(host, "a").set(whole, Integer::max()).set(real, -Real::max()).set(flag, false);
  rows.row(0)
      .set(host, "a")
      .set(real, 0.1 + 0.2)
      .set(flag, true)
      .set(text, "Größe ☃ \U0001F40B \"'`;--\\");
  rows.row(1)
      .set(host, "")
      .set(text, "nul\0inside"sv)
      .set(issued, std::int64_t{1'700'000'000'123'456'789});
  rows.row(2).set(whole, (std::int64_t{1} << 53) + 1).set(real, 3.0);
  rows.row(Integer::max()).set(host, "a");
  const Batch in = rows.build();
  EXPECT_EQ(stored(in), in);
}

TEST(SqliteRoundtrip, NamesOfAnyText) {
  BatchBuilder rows("mea\"sure'ment; DROP TABLE series; --ü");
  const auto tag = rows.tag("ta\"g'[é]\\");
  const auto key = rows.field<double>("fie\"ld'; --ß", "°C");
  const auto select = rows.field<double>("select");
  rows.row(0).set(tag, "v\"a'l").set(key, 1.5).set(select, 2.5);
  const Batch in = rows.build();
  EXPECT_EQ(stored(in), in);
}

TEST(SqliteRoundtrip, NamesThatSqliteCannotTellApartOrKeepsForItself) {
  const Scratch scratch;
  Bench<SqliteSink> bench({{"path", scratch.file()}});
  std::vector<Batch> batches;
  double value = 0;
  for (const char* name : {"cpu", "CPU", "series", "weir_columns", "sqlite_master", "net_view",
                           "net", "weir_series"}) {
    BatchBuilder rows(name);
    const auto lower = rows.field<double>("load");
    const auto upper = rows.field<double>("LOAD");
    const auto id = rows.field<double>("series_id");
    const auto tag = rows.tag("Load");
    rows.row(5).set(lower, value).set(upper, value + 1).set(id, value + 2).set(tag, "t");
    value += 3;
    batches.push_back(rows.build());
    bench.process(batches.back());
  }
  for (const Batch& in : batches) EXPECT_EQ(read_back(scratch.file(), in.measurement()), in);
}

TEST(SqliteRoundtrip, TheTimeColumnKeepsItsName) {
  ColumnBuilder time({.name = "when", .type = Type::timestamp, .role = Role::time, .unit = "ns"});
  ColumnBuilder field({.name = "time", .type = Type::float64});
  time.append(std::int64_t{7});
  field.append(8.0);
  std::vector<Column> columns{time.build(), field.build()};
  const Batch in("odd", std::move(columns));
  EXPECT_EQ(stored(in), in);
}

TEST(SqliteRoundtrip, ScaledColumnsAreStoredAsPhysicalValues) {
  BatchBuilder rows("m");
  const auto real = rows.add({.name = "real", .unit = "ms", .scale = 4, .offset = 10});
  const auto whole = rows.add({.name = "whole", .type = Type::int64, .scale = 0.5, .offset = 1});
  rows.row(0).set(real, 0.25).set(whole, std::int64_t{3});
  rows.row(1);
  const Batch out = stored(rows.build());
  EXPECT_EQ(out.column("real").info(), (ColumnInfo{.name = "real", .unit = "ms"}));
  EXPECT_EQ(out.column("real").doubles()[0], 11);
  EXPECT_EQ(out.column("whole").doubles()[0], 2.5);
  EXPECT_TRUE(out.column("whole").is_null(1));
}

TEST(SqliteRoundtrip, ManyRowsInOddBatchesComeOutAsOne) {
  const Scratch scratch;
  BatchBuilder rows("many");
  const auto target = rows.tag("target");
  const auto rtt = rows.field<double>("rtt_ms", "ms");
  for (std::int64_t i = 0; i < 3000; ++i) {
    auto row = rows.row(i / 3).set(target, std::string("host") + static_cast<char>('a' + i % 3));
    if (i % 7 != 0) row.set(rtt, std::sin(static_cast<double>(i)));
  }
  const Batch in = rows.build();
  Bench<SqliteSink> bench({{"path", scratch.file("deep/er/store.db")}});
  for (std::size_t first = 0; first < in.rows(); first += 37) bench.process(in.slice(first, 37));
  EXPECT_EQ(read_back(scratch.file("deep/er/store.db"), "many"), in);
}

}  // namespace
}  // namespace weir::sqlite_sink
