// SPDX-License-Identifier: Apache-2.0
// What the sink took in is what the source gives out: values, types, nulls, tags, units, names.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "store.hpp"

namespace weir::sqlite_source {
namespace {

using std::string_view_literals::operator""sv;

Batch through(const Batch& in) {
  const Scratch scratch;
  store(scratch.file(), {in});
  return concatenate(read({}, scratch.file()));
}

TEST(SqliteSourceRoundtrip, EveryTypeWithItsExtremesAndNulls) {
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
  rows.row(0).set(host, "a").set(real, 0.1 + 0.2).set(flag, true).set(text, "ß ☃ \"'`;--\\");
  rows.row(1)
      .set(host, "")
      .set(text, "nul\0inside"sv)
      .set(issued, std::int64_t{1'700'000'000'123'456'789});
  rows.row(2).set(whole, (std::int64_t{1} << 53) + 1).set(real, -0.0);
  rows.row(3).set(host, "nul\0in a tag"sv);
  rows.row(Integer::max()).set(host, "a");
  const Batch in = rows.build();
  EXPECT_EQ(through(in), in);
}

TEST(SqliteSourceRoundtrip, NamesOfAnyTextAndTheirMetadata) {
  BatchBuilder rows("mea\"sure'ment; DROP TABLE series; --ü");
  const auto tag = rows.tag("ta\"g'[é]\\");
  const auto key = rows.add(
      {.name = "fie\"ld'; --ß", .unit = "°C", .metadata = {{"weir.field", "a\"b"}, {"other", ""}}});
  const auto select = rows.field<double>("select");
  const auto time = rows.field<double>("series_id");
  rows.row(0).set(tag, "v\"a'l").set(key, 1.5).set(select, 2.5).set(time, 3.5);
  const Batch in = rows.build();
  EXPECT_EQ(through(in), in);
}

TEST(SqliteSourceRoundtrip, TheTimeColumnKeepsItsName) {
  ColumnBuilder time({.name = "when", .type = Type::timestamp, .role = Role::time, .unit = "ns"});
  ColumnBuilder field({.name = "time", .type = Type::float64});
  time.append(std::int64_t{7});
  field.append(8.0);
  std::vector<Column> columns{time.build(), field.build()};
  const Batch in("odd", std::move(columns));
  EXPECT_EQ(through(in), in);
}

TEST(SqliteSourceRoundtrip, BatchesOfAnySizeLoseAndRepeatNothing) {
  const Scratch scratch;
  BatchBuilder rows("many");
  const auto target = rows.tag("target");
  const auto rtt = rows.field<double>("rtt_ms", "ms");
  for (std::int64_t i = 0; i < 3000; ++i) {
    auto row = rows.row(i / 3).set(target, std::string("host") + static_cast<char>('a' + i % 3));
    if (i % 7 != 0) row.set(rtt, std::sin(static_cast<double>(i)));
  }
  const Batch in = rows.build();
  store(scratch.file(), {in});
  for (const char* size : {"1", "7", "1000", "3000", "100000"}) {
    const std::vector<Batch> out = read({{"batch_rows", size}}, scratch.file());
    for (const Batch& batch : out) ASSERT_LE(batch.rows(), std::stoul(size));
    EXPECT_EQ(concatenate(out), in) << size;
  }
}

TEST(SqliteSourceRoundtrip, SeveralMeasurementsEachWhole) {
  const Scratch scratch;
  store(scratch.file(), {counting(5, 10, "b"), counting(0, 3, "a"), counting(15, 2, "b")});
  const std::vector<Batch> out = read({{"batch_rows", "4"}}, scratch.file());
  ASSERT_EQ(out.size(), 4U);
  EXPECT_EQ(out[0], counting(0, 3, "a"));
  EXPECT_EQ(concatenate(std::span(out).subspan(1)), counting(5, 12, "b"));
}

}  // namespace
}  // namespace weir::sqlite_source
