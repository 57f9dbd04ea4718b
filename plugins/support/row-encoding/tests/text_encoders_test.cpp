// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <weir/error.hpp>
#include <weir/testing.hpp>

#include "csv_encoder.hpp"
#include "decoder.hpp"
#include "json_lines_encoder.hpp"
#include "sample.hpp"

namespace weir::rows {
namespace {

std::string csv(const Batch& batch) {
  const CsvEncoder encoder(batch);
  TextBuffer text;
  encoder.write_header(text);
  encoder.encode(batch, text);
  return std::string(text.text());
}

std::string json(const Batch& batch) {
  TextBuffer text;
  encode_json_lines(batch, text);
  return std::string(text.text());
}

TEST(CsvEncoder, WritesNullsAsNothingAndPhysicalValues) {
  EXPECT_EQ(csv(sample()),
            "time,ho st,real,whole,flag,text,scaled\n"
            "2026-11-22T12:00:00Z,\"a=b, c\",1.25,-7,true,\"say \"\"hi\"\"\\\nyou, é\",6\n"
            "2026-11-22T12:00:00.000000001Z,plain,1e+300,,,\"\",\n"
            "2026-11-22T12:00:01Z,,,9007199254740993,,,-1.5\n");
}

TEST(CsvEncoder, KeepsTheColumnsOfItsFile) {
  const CsvEncoder encoder(std::vector<std::string>{"time", "w", "v"});
  TextBuffer text;
  encoder.encode(testing::batch("v", {1}), text);
  EXPECT_EQ(text.text(), "1970-01-01T00:00:00Z,,1\n");
  EXPECT_THROW(encoder.encode(testing::batch("other", {1}), text), Rejected);
  EXPECT_EQ(text.text(), "1970-01-01T00:00:00Z,,1\n");
}

TEST(JsonLinesEncoder, LeavesNullsOutAndEscapes) {
  EXPECT_EQ(json(sample()),
            "{\"time\":\"2026-11-22T12:00:00Z\",\"measurement\":\"net work,x\",\"ho st\":\"a=b, "
            "c\",\"real\":1.25,\"whole\":-7,"
            "\"flag\":true,\"text\":\"say \\\"hi\\\"\\\\\\u000ayou, é\",\"scaled\":6}\n"
            "{\"time\":\"2026-11-22T12:00:00.000000001Z\",\"measurement\":\"net work,x\",\"ho "
            "st\":\"plain\",\"real\":1e+300,\"text\":\"\"}\n"
            "{\"time\":\"2026-11-22T12:00:01Z\",\"measurement\":\"net "
            "work,x\",\"whole\":9007199254740993,\"scaled\":-1.5}\n");
}

TEST(TextEncoders, TheReadersGiveTheValuesBack) {
  const Batch batch = sample();
  for (const bool is_csv : {true, false}) {
    RowFormat format;
    format.measurement = batch.measurement();
    format.tags = {"ho st"};
    std::string text = is_csv ? csv(batch) : json(batch);
    const std::size_t size = text.size();
    text.resize(size + Decoder::padding);
    const auto decoder = is_csv ? make_csv_decoder(format) : make_json_lines_decoder(format);
    while (decoder->take({text.data(), size}, true, 10) == 0) FAIL();
    ASSERT_EQ(decoder->ready(), 3U) << is_csv;
    const auto back = decoder->build();
    for (const char* name : {"ho st", "flag", "whole", "real"}) {
      const Column& column = back.front().column(name);
      for (std::size_t row = 0; row < 3; ++row) {
        ASSERT_EQ(column.valid(row), batch.column(name).valid(row)) << name;
        if (column.type() == Type::utf8) {
          EXPECT_EQ(column.text(row), batch.column(name).text(row));
        } else if (column.valid(row)) {
          EXPECT_EQ(column.number(row), batch.column(name).number(row)) << name;
        }
      }
    }
    EXPECT_EQ(back.front().column("text").text(0), batch.column("text").text(0));
    EXPECT_EQ(back.front().column("scaled").number(0), 6);
  }
}

}  // namespace
}  // namespace weir::rows
