// SPDX-License-Identifier: Apache-2.0
// Batches as they come over the boundary: whole, odd and malformed.
#include <gtest/gtest.h>

#include <functional>
#include <weir/testing.hpp>

namespace weir {
namespace {

using testing::batch;

Batch every_type() {
  BatchBuilder rows("m");
  const auto tag = rows.tag("tag");
  const auto number = rows.field<double>("number", "ms");
  const auto count = rows.field<std::int64_t>("count");
  const auto flag = rows.field<bool>("flag");
  const auto text = rows.field<std::string>("text");
  for (int i = 0; i < 11; ++i) {
    auto row = rows.row(i);
    if (i % 4 == 3) continue;
    row.set(tag, "t" + std::to_string(i))
        .set(number, i / 4.0)
        .set(count, i)
        .set(flag, i % 2 == 0)
        .set(text, "");
  }
  ColumnInfo scaled = ColumnInfo{.name = "scaled"};
  scaled.scale = 0.1;
  scaled.offset = -1e300;
  scaled.metadata = {{"weir.fitted_until", "5"}, {"empty", ""}, {"nul", std::string("a\0b", 3)}};
  ColumnBuilder values(scaled);
  for (int i = 0; i < 11; ++i) values.append(i);
  return rows.build().with(values.build());
}

TEST(Arrow, CarriesEveryTypeThere) {
  const Batch all = every_type();
  EXPECT_EQ(import_batch(export_batch(all, 3)), all);
  EXPECT_EQ(export_batch(all, 3).raw().port, 3U);
  const Batch none = all.slice(0, 0);
  EXPECT_EQ(import_batch(export_batch(none, 0)), none);
}

TEST(Arrow, CarriesSlicesWithoutCopies) {
  const Batch all = every_type();
  for (std::size_t first = 0; first < all.rows(); ++first) {
    const Batch part = all.slice(first, 9);
    const Batch back = import_batch(export_batch(part, 0));
    ASSERT_EQ(back, part) << first;
    ASSERT_EQ(back.times().data(), part.times().data());
    ASSERT_EQ(import_batch(export_batch(back.slice(1, 3), 0)), part.slice(1, 3));
  }
}

TEST(Arrow, WritesTheProfile) {
  const OwnedBatch owned = export_batch(every_type(), 0);
  const weir_batch& raw = owned.raw();
  EXPECT_STREQ(raw.schema.format, "+s");
  EXPECT_STREQ(raw.schema.name, "m");
  ASSERT_EQ(raw.schema.n_children, 7);
  const char* formats[] = {"tsn:UTC", "u", "g", "l", "b", "u", "g"};
  for (int i = 0; i < 7; ++i) {
    EXPECT_STREQ(raw.schema.children[i]->format, formats[i]);
    EXPECT_EQ(raw.array.children[i]->n_buffers, formats[i][0] == 'u' ? 3 : 2);
    EXPECT_EQ(raw.array.children[i]->length, 11);
  }
  EXPECT_EQ(raw.schema.children[0]->flags, 0);
  EXPECT_EQ(raw.schema.children[1]->flags, ARROW_FLAG_NULLABLE);
  EXPECT_EQ(raw.array.children[0]->null_count, 0);
  EXPECT_EQ(raw.array.children[2]->null_count, -1);
  const auto metadata = detail::decode_metadata(raw.schema.children[2]->metadata);
  EXPECT_EQ(metadata,
            (std::map<std::string, std::string>{{"weir.role", "field"}, {"weir.unit", "ms"}}));
  EXPECT_EQ(detail::decode_metadata(raw.schema.children[6]->metadata).at("weir.scale"), "0.1");
}

TEST(Arrow, KeepsBuffersAliveAsLongAsAnyColumn) {
  Column column;
  {
    Batch imported = import_batch(export_batch(every_type(), 0));
    column = imported.slice(2, 5).column("tag");
  }
  EXPECT_EQ(column.text(0), "t2");
}

TEST(Arrow, LetsAConsumerMoveAColumnOut) {
  ArrowArray moved{};
  {
    OwnedBatch owned = export_batch(batch("v", {1, 2}), 0);
    std::swap(moved, *owned.get()->array.children[1]);
  }
  EXPECT_EQ(static_cast<const double*>(moved.buffers[1])[1], 2);
  moved.release(&moved);
  EXPECT_EQ(moved.release, nullptr);
}

/// What import says of a batch that `spoil` has had in its hands; whatever it says, all is released
/// (the leak check of the sanitizer build sees to that).
std::string refusal(const std::function<void(weir_batch&)>& spoil,
                    const Batch& good = every_type()) {
  OwnedBatch owned = export_batch(good, 0);
  spoil(*owned.get());
  try {
    (void)import_batch(std::move(owned));
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

TEST(Arrow, RefusesAMalformedTop) {
  EXPECT_EQ(refusal([](weir_batch&) {}), "taken");
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.format = "l"; }),
            "malformed batch: the top format is not +s");
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.format = nullptr; }),
            "malformed batch: the top format is not +s");
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.name = ""; }),
            "malformed batch: no measurement name");
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.name = nullptr; }),
            "malformed batch: no measurement name");
  EXPECT_EQ(refusal([](weir_batch& b) { b.array.length = -1; }),
            "malformed batch: negative length or offset");
  EXPECT_EQ(refusal([](weir_batch& b) { b.array.offset = -1; }),
            "malformed batch: negative length or offset");
  EXPECT_EQ(refusal([](weir_batch& b) { b.array.null_count = 1; }),
            "malformed batch: whole rows are null");
  const std::string differ =
      "malformed batch: schema and array differ in their columns, or have none";
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.n_children = 6; }), differ);
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.n_children = b.array.n_children = 0; }), differ);
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.n_children = b.array.n_children = 1 << 20; }),
            differ);
  EXPECT_EQ(refusal([](weir_batch& b) { b.array.children = nullptr; }), differ);
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.children[1] = nullptr; }),
            "malformed batch: column 1 is missing");
  EXPECT_EQ(refusal([](weir_batch& b) { b.array.children[2] = nullptr; }),
            "malformed batch: column 2 is missing");
}

TEST(Arrow, RefusesWhatHasBeenReleased) {
  EXPECT_EQ(refusal([](weir_batch& b) { b.array.release(&b.array); }),
            "malformed batch: it has been released");
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.release(&b.schema); }),
            "malformed batch: it has been released");
  EXPECT_EQ(refusal([](weir_batch& b) { b.array.children[2]->release(b.array.children[2]); }),
            "malformed batch: column 'number' has been released");
  EXPECT_THROW((void)import_batch(OwnedBatch{}), Error);
}

TEST(Arrow, RefusesAMalformedColumn) {
  const auto schema = [](int column, const std::function<void(ArrowSchema&)>& spoil) {
    return refusal([&](weir_batch& b) { spoil(*b.schema.children[column]); });
  };
  EXPECT_EQ(schema(2, [](ArrowSchema& s) { s.name = nullptr; }),
            "malformed batch: a column has no name");
  EXPECT_EQ(schema(2, [](ArrowSchema& s) { s.name = ""; }),
            "malformed batch: a column has no name");
  EXPECT_EQ(schema(2, [](ArrowSchema& s) { s.format = "f"; }),
            "malformed batch: column 'number' has format 'f'; known are tsn:UTC, g, l, b, u");
  EXPECT_EQ(schema(0, [](ArrowSchema& s) { s.format = "tsu:UTC"; }),
            "malformed batch: column 'time' has format 'tsu:UTC'; known are tsn:UTC, g, l, b, u");
  EXPECT_EQ(schema(2, [](ArrowSchema& s) { s.format = nullptr; }),
            "malformed batch: column 'number' has format ''; known are tsn:UTC, g, l, b, u");
  ArrowSchema dictionary{};
  EXPECT_EQ(schema(1, [&](ArrowSchema& s) { s.dictionary = &dictionary; }),
            "malformed batch: column 'tag' is nested or has a dictionary");
  EXPECT_EQ(schema(1, [](ArrowSchema& s) { s.n_children = 1; }),
            "malformed batch: column 'tag' is nested or has a dictionary");
  EXPECT_EQ(schema(2, [](ArrowSchema& s) { s.name = "tag"; }), "'m' has two columns 'tag'");
  EXPECT_EQ(schema(2, [](ArrowSchema& s) { s.format = "u"; }),
            "malformed batch: column 'number' has a wrong number of buffers");
}

TEST(Arrow, RefusesMalformedBuffers) {
  const auto array = [](int column, const std::function<void(ArrowArray&)>& spoil) {
    return refusal([&](weir_batch& b) { spoil(*b.array.children[column]); });
  };
  const std::string number = "malformed batch: column 'number' ";
  const std::string tag = "malformed batch: column 'tag'";
  EXPECT_EQ(array(2, [](ArrowArray& a) { a.length = 10; }), number + "is shorter than the batch");
  EXPECT_EQ(array(2, [](ArrowArray& a) { a.length = -1; }),
            number + "has a negative length or offset");
  EXPECT_EQ(array(2, [](ArrowArray& a) { a.offset = -1; }),
            number + "has a negative length or offset");
  EXPECT_EQ(array(2, [](ArrowArray& a) { a.n_buffers = 1; }),
            number + "has a wrong number of buffers");
  EXPECT_EQ(array(2, [](ArrowArray& a) { a.buffers = nullptr; }),
            number + "has a wrong number of buffers");
  EXPECT_EQ(array(2, [](ArrowArray& a) { a.buffers[1] = nullptr; }), number + "has no values");
  EXPECT_EQ(array(2, [](ArrowArray& a) { a.buffers[0] = nullptr, a.null_count = 2; }),
            number + "counts nulls but has no validity bitmap");
  EXPECT_EQ(array(1, [](ArrowArray& a) { a.buffers[1] = nullptr; }), tag + " has no text offsets");
  EXPECT_EQ(array(1, [](ArrowArray& a) { a.buffers[2] = nullptr; }), tag + " has no text");
  static constexpr std::int32_t negative[12] = {-1};
  EXPECT_EQ(array(1, [](ArrowArray& a) { a.buffers[1] = negative; }),
            tag + " has a negative text offset");
  static constexpr std::int32_t back[12] = {0, 1, 2, 3, 1, 4, 4, 4, 4, 4, 4, 4};
  EXPECT_EQ(array(1, [](ArrowArray& a) { a.buffers[1] = back; }),
            tag + ", row 3: text offsets go back");
  EXPECT_EQ(array(0,
                  [](ArrowArray& a) {
                    static constexpr std::uint8_t none[2] = {};
                    a.null_count = -1;
                    a.buffers[0] = none;
                  }),
            "'m' needs one time column of timestamps without nulls");
}

TEST(Arrow, RefusesMalformedMetadata) {
  const auto with = [](const std::map<std::string, std::string>& pairs) {
    const std::string bytes = detail::encode_metadata(pairs);
    return refusal([&](weir_batch& b) {
      b.schema.children[2]->metadata = bytes.empty() ? nullptr : bytes.data();
    });
  };
  const std::string malformed = "malformed column metadata: ";
  EXPECT_EQ(with({}), "taken") << "a column without role is a field";
  EXPECT_EQ(with({{"weir.role", "boss"}}),
            "malformed batch: column 'number' has role 'boss'; known are time, tag, field");
  EXPECT_EQ(with({{"weir.scale", "two"}}), malformed + "weir.scale = 'two' is no number");
  EXPECT_EQ(with({{"weir.scale", ""}}), malformed + "weir.scale = '' is no number");
  EXPECT_EQ(with({{"weir.offset", "nan"}}), malformed + "weir.offset = 'nan' is no number");
  EXPECT_EQ(with({{"weir.offset", "1e999"}}), malformed + "weir.offset = '1e999' is no number");
  EXPECT_EQ(with({{"weir.role", "time"}}), "'m' needs one time column of timestamps without nulls");
  const auto words = [](std::vector<std::int32_t> bytes) {
    return refusal([&](weir_batch& b) {
      b.schema.children[2]->metadata = reinterpret_cast<const char*>(bytes.data());
    });
  };
  EXPECT_EQ(words({-1}), malformed + "more than 1024 entries");
  EXPECT_EQ(words({1 << 30}), malformed + "more than 1024 entries");
  EXPECT_EQ(words({1, -5}), malformed + "a key of more than 1 MiB");
  EXPECT_EQ(words({1, 4, 0x61616161, 1 << 21}), malformed + "a value of more than 1 MiB");
}

TEST(Arrow, TakesATimeColumnWithoutRole) {
  EXPECT_EQ(refusal([](weir_batch& b) { b.schema.children[0]->metadata = nullptr; }), "taken");
}

TEST(Arrow, AddsTheOffsetOfTheTopToThatOfAColumn) {
  OwnedBatch owned = export_batch(every_type().slice(2, 8), 0);
  owned.get()->array.offset = 3;
  owned.get()->array.length = 4;
  EXPECT_EQ(import_batch(std::move(owned)), every_type().slice(5, 4));
}

TEST(Arrow, LooksForNullRowsThatAreNotCounted) {
  static constexpr std::uint8_t all[2] = {0xFF, 0x07};
  static constexpr std::uint8_t but_the_last[2] = {0xFF, 0x03};
  const auto with = [](const std::uint8_t* validity) {
    return refusal([&](weir_batch& b) { b.array.buffers[0] = validity, b.array.null_count = -1; });
  };
  EXPECT_EQ(with(nullptr), "taken");
  EXPECT_EQ(with(all), "taken");
  EXPECT_EQ(with(but_the_last), "malformed batch: whole rows are null");
}

TEST(Arrow, IgnoresABitmapThatCountsNoNulls) {
  static constexpr std::uint8_t none[2] = {};
  OwnedBatch owned = export_batch(batch("v", {1, 2}), 0);
  owned.get()->array.children[1]->buffers[0] = none;
  owned.get()->array.children[1]->null_count = 0;
  EXPECT_EQ(import_batch(std::move(owned)), batch("v", {1, 2}));
}

}  // namespace
}  // namespace weir
