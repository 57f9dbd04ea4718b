// SPDX-License-Identifier: Apache-2.0
#include "core/wire/batch_bytes.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "core/plugin/batch_check.hpp"
#include "random_batch.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

using Bytes = std::vector<std::byte>;

Batch small() {
  BatchBuilder rows("icmp");
  const auto target = rows.tag("target");
  const auto rtt = rows.field<double>("rtt_ms", "ms");
  const auto up = rows.field<bool>("up");
  rows.row(1000).set(target, "10.0.0.1").set(rtt, 1.25).set(up, true);
  rows.row(2000).set(target, "10.0.0.2").set(up, false);
  return rows.build();
}

std::string refusal(const Bytes& bytes) {
  try {
    (void)decode(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// Reads every value, as a node would; a sanitizer sees a read that is out of bounds.
void read_all(const Batch& batch) {
  try {
    check_values(batch);
  } catch (const Error&) {  // values may be anything
  }
  std::size_t sum = 0;
  for (const Column& column : batch.columns()) {
    for (std::size_t row = 0; row < column.size(); ++row) {
      if (column.type() == Type::utf8) {
        for (const char letter : column.text(row)) sum += static_cast<unsigned char>(letter);
      } else if (column.numeric()) {
        sum += column.number(row) > 0 ? 1U : 0U;
      }
    }
  }
  volatile std::size_t kept = sum;
  (void)kept;
}

TEST(BatchBytes, RandomBatchesComeBackAsTheyWere) {
  RandomBatches batches(20261129);
  for (int round = 0; round < 2000; ++round) {
    const Batch batch = batches.next();
    const Bytes bytes = encode(batch);
    ASSERT_EQ(bytes.size() % 8, 0U);
    ASSERT_EQ(decode(bytes), batch) << "round " << round;
    ASSERT_EQ(encode(decode(bytes)), bytes) << "the same batch, the same bytes; round " << round;
  }
}

TEST(BatchBytes, ABatchWithoutColumnsAndOneWithoutRowsComeBack) {
  EXPECT_EQ(decode(encode(Batch())), Batch());
  EXPECT_EQ(decode(encode(small().slice(0, 0))), small().slice(0, 0));
}

TEST(BatchBytes, ALongNameAndMuchMetadataComeBack) {
  ColumnInfo info{.name = std::string(70000, 'n')};
  for (int i = 0; i < 500; ++i) info.metadata["key" + std::to_string(i)] = std::string(200, 'v');
  ColumnBuilder builder(info);
  builder.append(1.0);
  const Batch batch = small().slice(0, 1).with(builder.build());
  EXPECT_EQ(decode(encode(batch)), batch);
}

TEST(BatchBytes, InPlaceTheColumnsLieInTheBytes) {
  const auto bytes = std::make_shared<Bytes>(encode(small()));
  const Batch batch = decode_in_place(*bytes, bytes);
  EXPECT_EQ(batch, small());
  const auto* values = reinterpret_cast<const std::byte*>(batch.column("rtt_ms").doubles().data());
  EXPECT_TRUE(values >= bytes->data() && values < bytes->data() + bytes->size());
  EXPECT_EQ(bytes.use_count(), 5) << "each of 4 columns keeps the bytes alive";
}

TEST(BatchBytes, EveryTruncationIsRefusedInOneLine) {
  RandomBatches batches(7);
  for (int round = 0; round < 20; ++round) {
    const Bytes whole = encode(batches.next(20));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string why = refusal({whole.begin(), whole.begin() + static_cast<long>(size)});
      ASSERT_FALSE(why.empty()) << size << " of " << whole.size() << " bytes were taken";
      ASSERT_EQ(why.find('\n'), std::string::npos);
    }
  }
}

TEST(BatchBytes, BytesThatAreLeftOverAreRefused) {
  Bytes bytes = encode(small());
  bytes.resize(bytes.size() + 8);
  EXPECT_NE(refusal(bytes), "");
  const std::uint64_t size = bytes.size();
  std::memcpy(bytes.data() + 8, &size, sizeof size);
  EXPECT_EQ(refusal(bytes), "damaged batch: 8 bytes are left over");
}

TEST(BatchBytes, EveryFlippedBitIsRefusedOrGivesABatchThatCanBeRead) {
  RandomBatches batches(11);
  std::size_t refused = 0;
  for (int round = 0; round < 10; ++round) {
    const Bytes whole = encode(batches.next(20));
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      Bytes bytes = whole;
      bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      try {
        read_all(decode(bytes));
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 0U);
}

TEST(BatchBytes, EveryByteReplacedByExtremesIsRefusedOrReadable) {
  const Bytes whole = encode(RandomBatches(3).next(30));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int value : {0x00, 0x7F, 0x80, 0xFF}) {
      Bytes bytes = whole;
      // Eight at once, so that whole sizes become huge.
      for (std::size_t i = at; i < std::min(at + 8, bytes.size()); ++i) bytes[i] = std::byte(value);
      try {
        read_all(decode(bytes));
      } catch (const Error&) {
        continue;
      }
    }
  }
}

TEST(BatchBytes, WhatIsWrongIsSaid) {
  const Bytes whole = encode(small());
  Bytes bytes = whole;
  bytes[0] = std::byte{0};
  EXPECT_EQ(refusal(bytes), "damaged batch: it does not begin with WBAT");
  bytes = whole;
  bytes[4] = std::byte{2};
  EXPECT_EQ(
      refusal(bytes),
      "a batch is stored in version 2; this weir reads version 1: use the weir that wrote it");
  bytes = whole;
  bytes[16 + 7] = std::byte{1};
  EXPECT_NE(refusal(bytes).find("it cannot hold"), std::string::npos) << refusal(bytes);
  EXPECT_NE(refusal({}).find("the magic needs 4 bytes, 0 are left"), std::string::npos);
}

TEST(BatchBytes, BytesThatAreNotAlignedAreCopiedOrRefused) {
  Bytes bytes = encode(small());
  bytes.insert(bytes.begin(), std::byte{0});
  const std::span<const std::byte> odd(bytes.data() + 1, bytes.size() - 1);
  EXPECT_EQ(decode(odd), small());
  EXPECT_THROW((void)decode_in_place(odd, nullptr), Error);
}

}  // namespace
}  // namespace weir::core
