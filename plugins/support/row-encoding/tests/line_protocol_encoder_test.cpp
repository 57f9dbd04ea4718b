// SPDX-License-Identifier: Apache-2.0
#include "line_protocol_encoder.hpp"

#include <gtest/gtest.h>

#include <random>
#include <weir/error.hpp>
#include <weir/testing.hpp>

#include "decoder.hpp"
#include "sample.hpp"

namespace weir::rows {
namespace {

struct Encoded {
  std::string text;
  std::vector<std::size_t> ends;
  LeftOut left_out;
};

Encoded encode(const Batch& batch) {
  LineProtocolEncoder encoder;
  TextBuffer text;
  Encoded out;
  out.left_out = encoder.encode(batch, text, out.ends);
  out.text = text.text();
  return out;
}

TEST(LineProtocolEncoder, EscapesAndLeavesNullsOut) {
  EXPECT_EQ(encode(sample()).text,
            "net\\ work\\,x,ho\\ st=a\\=b\\,\\ c real=1.25,whole=-7i,flag=true,text=\"say "
            "\\\"hi\\\"\\\\\nyou, é\",scaled=6 "
            "1795348800000000000\n"
            "net\\ work\\,x,ho\\ st=plain real=1e+300,text=\"\" 1795348800000000001\n"
            "net\\ work\\,x whole=9007199254740993i,scaled=-1.5 1795348801000000000\n");
}

TEST(LineProtocolEncoder, EndsMarkTheRows) {
  const Encoded got = encode(sample());
  ASSERT_EQ(got.ends.size(), 3U);
  EXPECT_EQ(got.ends.back(), got.text.size());
  for (const std::size_t end : got.ends) EXPECT_EQ(got.text[end - 1], '\n');
}

TEST(LineProtocolEncoder, RowsWithoutValuesAreCountedNotWritten) {
  const Encoded got = encode(testing::batch("v", {1, std::nullopt, 3}));
  EXPECT_EQ(got.text, "test v=1 0\ntest v=3 2000000000\n");
  EXPECT_EQ(got.left_out.without_field, 1U);
}

TEST(LineProtocolEncoder, WhatTheFormatCannotSayIsLeftOutWithAReason) {
  BatchBuilder rows("m");
  const auto tag = rows.tag("t");
  const auto value = rows.field<double>("v");
  rows.row(1).set(tag, "ends in \\").set(value, 1.0);
  rows.row(2).set(tag, "a\\,b").set(value, 2.0);
  rows.row(3).set(tag, "two\nlines").set(value, 3.0);
  rows.row(4).set(tag, "c:\\dir").set(value, 4.0);
  const Encoded got = encode(rows.build());
  EXPECT_EQ(got.text, "m,t=two\\nlines v=3 3\nm,t=c:\\dir v=4 4\n");
  ASSERT_EQ(got.left_out.unusable.size(), 2U);
  EXPECT_EQ(got.left_out.unusable[1].row, 1U);
  EXPECT_THROW((void)encode(testing::batch("v", {1}, "#comment")), Rejected);
  EXPECT_THROW((void)encode(testing::batch("v", {1}, "m\\")), Rejected);
}

TEST(LineProtocolEncoder, SlicesAndManyColumns) {
  EXPECT_EQ(encode(testing::batch("v", {1, 2, 3}).slice(1, 1)).text, "test v=2 1000000000\n");
  EXPECT_EQ(encode(sample().slice(1, 2)).text,
            encode(sample()).text.substr(encode(sample().slice(0, 1)).text.size()));
  BatchBuilder rows(std::string(100, 'm'));
  std::vector<BatchBuilder::Key> keys;
  for (int i = 0; i < 300; ++i)
    keys.push_back(rows.field<double>("a_field_with_a_rather_long_name_" + std::to_string(i)));
  auto row = rows.row(1);
  for (const auto key : keys) row.set(key, -1.0 / 3.0);
  const Encoded got = encode(rows.build());
  EXPECT_EQ(std::count(got.text.begin(), got.text.end(), '='), 300);
}

TEST(LineProtocolEncoder, TheReaderGivesTheRowsBack) {
  std::mt19937_64 random(3);
  BatchBuilder rows("m");
  const auto tag = rows.tag("t");
  const auto real = rows.field<double>("r");
  const auto whole = rows.field<std::int64_t>("w");
  const auto text = rows.field<std::string>("s");
  for (int i = 0; i < 3000; ++i) {
    std::string any;
    for (std::size_t c = random() % 12; c > 0; --c) any += "ab,= \"\\\n5"[random() % 9];
    std::string key = any;
    std::erase_if(key, [](char c) { return c == '\\' || c == '\n'; });
    rows.row(i)
        .set(tag, key + "x")
        .set(real, static_cast<double>(random() % 100'000) / 7)
        .set(whole, static_cast<std::int64_t>(random()))
        .set(text, any);
  }
  const Batch batch = rows.build();
  std::string lines = encode(batch).text;
  const std::size_t size = lines.size();
  lines.resize(size + Decoder::padding);
  const auto decoder = make_line_protocol_decoder({});
  EXPECT_EQ(decoder->take({lines.data(), size}, true, 10'000), size);
  ASSERT_EQ(decoder->rejections().size(), 0U) << decoder->rejections().list().front().reason;
  const auto back = decoder->build();
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back.front(), batch);
}

}  // namespace
}  // namespace weir::rows
