// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <weir/testing.hpp>

namespace weir {
namespace {

using testing::batch;

ColumnInfo info(const char* name, Type type, Role role = Role::field) {
  ColumnInfo made;
  made.name = name;
  made.type = type;
  made.role = role;
  return made;
}

Column column(const char* name, Type type, std::size_t rows, Role role = Role::field) {
  ColumnBuilder builder(info(name, type, role));
  for (std::size_t row = 0; row < rows; ++row) {
    if (type == Type::utf8) {
      builder.append("t" + std::to_string(row));
    } else {
      builder.append(row);
    }
  }
  return builder.build();
}

std::string refusal(std::vector<Column> columns) {
  try {
    const Batch made("m", std::move(columns));
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

TEST(Batch, RefusesWhatIsNoTable) {
  const Column time = column("time", Type::timestamp, 2, Role::time);
  EXPECT_EQ(refusal({time, column("v", Type::float64, 2)}), "taken");
  EXPECT_EQ(refusal({column("v", Type::float64, 2)}), "'m' has no time column");
  EXPECT_EQ(refusal({}), "'m' has no time column");
  EXPECT_EQ(refusal({time, column("v", Type::int64, 3)}),
            "'m': column 'v' has 3 rows, the first has 2");
  EXPECT_EQ(refusal({time, column("v", Type::int64, 2), column("v", Type::utf8, 2)}),
            "'m' has two columns 'v'");
  const std::string needs = "'m' needs one time column of timestamps without nulls";
  EXPECT_EQ(refusal({time, column("t", Type::timestamp, 2, Role::time)}), needs);
  EXPECT_EQ(refusal({column("time", Type::int64, 2, Role::time)}), needs);
  ColumnBuilder nulls(info("time", Type::timestamp, Role::time));
  nulls.append_null();
  EXPECT_EQ(refusal({nulls.build()}), needs);
}

TEST(Batch, NamesTheColumnsThatThereAre) {
  try {
    (void)batch("v", {1}).column("w");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "'test' has no column 'w'; it has time, v");
  }
  EXPECT_THROW((void)Batch{}.time(), Error);
  EXPECT_TRUE(Batch{}.empty());
}

TEST(Batch, SharesWhatItDoesNotChange) {
  const Batch before = batch("v", {1, 2, 3});
  const Batch after = before.with(column("w", Type::utf8, 3));
  EXPECT_EQ(before.columns().size(), 2U);
  EXPECT_EQ(after.column("v").doubles().data(), before.column("v").doubles().data());
  EXPECT_EQ(after.without("w"), before);
  EXPECT_EQ(after.without("nobody"), after);
  EXPECT_THROW((void)before.without("time"), Error);
  EXPECT_THROW((void)before.with(column("w", Type::utf8, 2)), Error);
  EXPECT_EQ(before.renamed("other").measurement(), "other");
  EXPECT_NE(before.renamed("other"), before);
}

TEST(Batch, ReplacesAColumnInItsPlace) {
  const Batch before = batch("v", {1, 2}).with(column("w", Type::int64, 2));
  const Batch after = before.with(column("v", Type::int64, 2));
  EXPECT_EQ(after.columns()[1].type(), Type::int64);
  EXPECT_EQ(after.columns()[2].name(), "w");
}

TEST(Batch, SlicesWithinItsBounds) {
  const Batch all = batch("v", {1, std::nullopt, 3, 4});
  const Batch middle = all.slice(1, 2);
  EXPECT_EQ(middle.rows(), 2U);
  EXPECT_TRUE(middle.column("v").is_null(0));
  EXPECT_EQ(middle.column("v").number(1), 3);
  EXPECT_EQ(middle.slice(1, 9).column("v").number(0), 3);
  EXPECT_EQ(all.slice(9, 1).rows(), 0U);
  EXPECT_EQ(all.slice(1, std::size_t(-1)).rows(), 3U);
}

TEST(Batch, TakesRowsOfEveryType) {
  BatchBuilder rows("m");
  const auto tag = rows.tag("tag");
  const auto flag = rows.field<bool>("flag");
  const auto count = rows.field<std::int64_t>("count");
  for (int i = 0; i < 20; ++i) {
    auto row = rows.row(i);
    if (i % 3 != 0) row.set(tag, "t" + std::to_string(i)).set(flag, i % 2 == 0).set(count, i);
  }
  const Batch all = rows.build();
  const std::vector<std::size_t> wanted{17, 3, 4};
  const Batch some = all.take(wanted);
  EXPECT_EQ(some.times()[0], 17);
  EXPECT_EQ(some.column("tag").text(0), "t17");
  EXPECT_FALSE(some.column("flag").boolean(0));
  EXPECT_TRUE(some.column("count").is_null(1));
  EXPECT_EQ(some.column("tag").text(1), "");
  EXPECT_TRUE(some.column("flag").boolean(2));
  EXPECT_EQ(some.column("count").integers()[2], 4);
}

TEST(Batch, EqualityLooksAtNullsAndDescriptions) {
  EXPECT_EQ(batch("v", {1, std::nullopt}), batch("v", {1, std::nullopt}));
  EXPECT_NE(batch("v", {1, 0}), batch("v", {1, std::nullopt}));
  EXPECT_EQ(batch("v", {9, 1, 2}).slice(1, 2).column("v"), batch("v", {1, 2}).column("v"));
  ColumnInfo scaled = batch("v", {1}).column("v").info();
  scaled.scale = 2;
  EXPECT_NE(batch("v", {1}), batch("v", {1}).with(batch("v", {1}).column("v").with_info(scaled)));
}

TEST(BatchBuilder, FillsWhatARowDoesNotSet) {
  BatchBuilder rows("m");
  const auto a = rows.field<double>("a", "ms");
  rows.row(1).set(a, 1.5);
  rows.row(2);
  const auto late = rows.tag("late");
  rows.row(3).set(late, "x").set(a, std::optional<double>{});
  const Batch built = rows.build();
  EXPECT_EQ(built.column("a").null_count(), 2U);
  EXPECT_EQ(built.column("a").unit(), "ms");
  EXPECT_EQ(built.column("late").null_count(), 2U);
  EXPECT_EQ(built.column("late").text(2), "x");
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(rows.build().rows(), 0U);
  rows.row(9).set(late, "y");
  EXPECT_EQ(rows.build().column("late").text(0), "y");
}

TEST(BatchBuilder, AddsAColumnInTheMiddleOfARow) {
  BatchBuilder rows("m");
  rows.row(1);
  auto row = rows.row(2);
  row.set(rows.field<std::int64_t>("n"), 7);
  const Batch built = rows.build();
  EXPECT_TRUE(built.column("n").is_null(0));
  EXPECT_EQ(built.column("n").integers()[1], 7);
}

TEST(BatchBuilder, RefusesASecondValueInARow) {
  BatchBuilder rows("m");
  const auto a = rows.field<double>("a");
  auto row = rows.row(1);
  row.set(a, 1.0);
  EXPECT_THROW(row.set(a, 2.0), Error);
  EXPECT_THROW(row.set(BatchBuilder::Key{0}, 2), Error);  // the time
  EXPECT_THROW(rows.row(2).set(BatchBuilder::Key{99}, 2), std::out_of_range);
}

TEST(ColumnBuilder, NeverHoldsWhatIsNoNumber) {
  ColumnBuilder builder(info("v", Type::float64));
  builder.append(std::nan(""));
  builder.append(HUGE_VAL);
  builder.append(-HUGE_VALF);
  builder.append(1e308);
  const Column built = builder.build();
  EXPECT_EQ(built.null_count(), 3U);
  EXPECT_EQ(built.number(3), 1e308);
}

TEST(ColumnBuilder, RefusesIntegersThatDoNotFit) {
  ColumnBuilder builder(info("n", Type::int64));
  EXPECT_THROW(builder.append(1e19), Error);
  EXPECT_THROW(builder.append(-1e19), Error);
  EXPECT_THROW(builder.append(std::uint64_t{1} << 63U), Error);
  builder.append(-0x1p63);
  builder.append(2.9);
  builder.append(true);
  const Column built = builder.build();
  ASSERT_EQ(built.size(), 3U);
  EXPECT_EQ(built.integers()[0], std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(built.integers()[1], 2);
  EXPECT_EQ(built.integers()[2], 1);
}

TEST(ColumnBuilder, RefusesAnotherType) {
  ColumnBuilder number(info("n", Type::int64));
  EXPECT_THROW(number.append("1"), Error);
  ColumnBuilder text(info("t", Type::utf8));
  EXPECT_THROW(text.append(1), Error);
  EXPECT_THROW((void)column("t", Type::utf8, 1).doubles(), Error);
  EXPECT_THROW((void)column("t", Type::utf8, 1).number(0), Error);
  EXPECT_THROW((void)column("n", Type::int64, 1).boolean(0), Error);
  EXPECT_THROW((void)column("n", Type::int64, 1).with_info(info("n", Type::utf8)), Error);
}

/// Every length around a byte of the bitmap, with a null at every place.
TEST(ColumnBuilder, KeepsNullsAtTheirPlace) {
  for (std::size_t rows = 1; rows <= 18; ++rows) {
    for (std::size_t null = 0; null < rows; ++null) {
      ColumnBuilder builder(info("b", Type::boolean));
      for (std::size_t row = 0; row < rows; ++row) {
        if (row == null) {
          builder.append_null();
        } else {
          builder.append(row % 2 == 0);
        }
      }
      const Column built = builder.build();
      for (std::size_t row = 0; row < rows; ++row) {
        ASSERT_EQ(built.valid(row), row != null) << rows << ' ' << null;
        if (row == null) continue;
        ASSERT_EQ(built.boolean(row), row % 2 == 0);
      }
    }
  }
}

TEST(ColumnBuilder, ForgetsTheRowsOfATruncation) {
  for (const Type type : {Type::timestamp, Type::float64, Type::int64, Type::boolean, Type::utf8}) {
    for (std::size_t keep = 0; keep <= 17; ++keep) {
      ColumnBuilder builder(info("c", type));
      const auto append = [&](std::size_t row) {
        if (row % 5 == 4) {
          builder.append_null();
        } else if (type == Type::utf8) {
          builder.append(std::to_string(row));
        } else {
          builder.append(row % 2);
        }
      };
      for (std::size_t row = 0; row < 17; ++row) append(row);
      builder.truncate(keep);
      builder.truncate(99);  // nothing
      for (std::size_t row = keep; row < 20; ++row) append(row);
      const Column built = builder.build();
      ASSERT_EQ(built.size(), 20U);
      for (std::size_t row = 0; row < 20; ++row) {
        ASSERT_EQ(built.valid(row), row % 5 != 4) << to_string(type) << ' ' << keep << ' ' << row;
        if (!built.valid(row)) continue;
        if (type == Type::utf8) {
          ASSERT_EQ(built.text(row), std::to_string(row));
        } else {
          ASSERT_EQ(built.number(row), double(row % 2));
        }
      }
    }
  }
}

TEST(Column, GivesPhysicalValuesBack) {
  ColumnInfo scaled = info("v", Type::float64);
  scaled.scale = 10;
  scaled.offset = 5;
  const Column physical = batch("v", {0.5, std::nullopt}).column("v").with_info(scaled);
  EXPECT_EQ(physical.physical(0), 10);
  EXPECT_TRUE(std::isnan(physical.physical(1)));
  EXPECT_TRUE(column("b", Type::boolean, 2).numeric());
  EXPECT_EQ(column("b", Type::boolean, 2).number(1), 1);
  EXPECT_FALSE(column("t", Type::timestamp, 1).numeric());
}

TEST(Concatenate, JoinsRowsOfOneSchema) {
  const std::vector<Batch> parts{batch("v", {1, std::nullopt}), batch("v", {3}), batch("v", {})};
  const Batch all = concatenate(parts);
  EXPECT_EQ(all.column("v"), batch("v", {1, std::nullopt, 3}).column("v"));
  EXPECT_TRUE(concatenate({}).empty());
  const std::vector<Batch> other{batch("v", {1}), batch("w", {1})};
  EXPECT_THROW((void)concatenate(other), Error);
  const std::vector<Batch> renamed{batch("v", {1}), batch("v", {1}, "else")};
  EXPECT_THROW((void)concatenate(renamed), Error);
}

}  // namespace
}  // namespace weir
