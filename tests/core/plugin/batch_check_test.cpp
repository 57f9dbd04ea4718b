// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/batch_check.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/plugin/utf8.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

TEST(Utf8, WellFormed) {
  for (const char* text :
       {"", "plain", "gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC", "\xF0\x9F\x8C\x8A", "eight888\xC3\xA9",
        "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(Utf8, Malformed) {
  for (const char* text : {"\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
                           "plain text and then \xE2\x82", "\xC3plain"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Utf8, AsciiIsSeenAtAnyLength) {
  for (std::size_t length = 0; length < 40; ++length) {
    std::string text(length, 'a');
    EXPECT_TRUE(is_ascii(text));
    for (std::size_t at = 0; at < length; ++at) {
      text[at] = '\x80';
      EXPECT_FALSE(is_ascii(text));
      text[at] = 'a';
    }
  }
}

Column doubles(std::vector<double> values, const std::uint8_t* validity = nullptr,
               std::size_t first = 0) {
  auto info = std::make_shared<ColumnInfo>();
  info->name = "value";
  auto owner = std::make_shared<std::vector<double>>(std::move(values));
  Column::Buffers buffers;
  buffers.values = owner->data();
  buffers.validity = validity;
  buffers.first = first;
  buffers.length = owner->size() - first;
  buffers.owner = std::move(owner);
  return {info, buffers};
}

Batch batch_of(Column column) {
  BatchBuilder rows("numbers");
  for (std::size_t i = 0; i < column.size(); ++i) (void)rows.row(static_cast<std::int64_t>(i));
  return rows.build().with(std::move(column));
}

std::string refusal(const Batch& batch) {
  try {
    check_values(batch);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(BatchCheck, ExtremesAreValues) {
  EXPECT_EQ(refusal(batch_of(
                doubles({std::numeric_limits<double>::max(), -std::numeric_limits<double>::max(),
                         std::numeric_limits<double>::denorm_min(), -0.0, 0}))),
            "taken");
}

TEST(BatchCheck, NamesColumnAndRow) {
  EXPECT_EQ(refusal(batch_of(doubles({1, 2, nan}))),
            "malformed batch: column 'value', row 2: NaN is no value; write a null");
  EXPECT_EQ(refusal(batch_of(doubles({-infinity}))),
            "malformed batch: column 'value', row 0: an infinity is no value; write a null");
}

TEST(BatchCheck, NullRowsMayHoldAnything) {
  const std::uint8_t all_but_the_second = 0b101;
  EXPECT_EQ(refusal(batch_of(doubles({1, nan, 2}, &all_but_the_second))), "taken");
  EXPECT_EQ(refusal(batch_of(doubles({nan, 1, 2}, &all_but_the_second))),
            "malformed batch: column 'value', row 0: NaN is no value; write a null");
}

// What lies before the slice belongs to nobody.
TEST(BatchCheck, OnlyTheSlice) {
  EXPECT_EQ(refusal(batch_of(doubles({nan, 1, 2}, nullptr, 1))), "taken");
}

TEST(BatchCheck, TextAcrossRows) {
  BatchBuilder rows("words");
  const auto word = rows.tag("word");
  rows.row(0).set(word, "gr\xC3\xBC\xC3\x9F");
  rows.row(1);
  rows.row(2).set(word, "");
  const Batch good = rows.build();
  EXPECT_EQ(refusal(good), "taken");
  rows.row(0).set(word, "a\xC3");
  rows.row(1).set(word, "\xBC");
  EXPECT_EQ(refusal(rows.build()), "malformed batch: column 'word', row 0: the text is no UTF-8");
}

TEST(BatchCheck, RoundTrip) {
  BatchBuilder rows("all");
  const auto tag = rows.tag("tag");
  const auto value = rows.field<double>("value", "ms");
  const auto flag = rows.field<bool>("flag");
  rows.row(1).set(tag, "a").set(value, 1.5).set(flag, true);
  rows.row(2);
  const Batch batch = rows.build();
  EXPECT_EQ(import_checked(export_batch(batch, 0)), batch);
  EXPECT_EQ(import_checked(export_batch(batch.slice(1, 1), 0)), batch.slice(1, 1));
}

}  // namespace
}  // namespace weir::core
