// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/spool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "tests/core/delivery/spool_testing.hpp"
#include "weir/error.hpp"

namespace weir::core::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(SpoolTest, GivesInOrderWhatWasSynced) {
  open();
  EXPECT_EQ(append(1).sequence, 1U);
  EXPECT_EQ(append(2).sequence, 2U);
  EXPECT_THAT(read_all(), IsEmpty());
  EXPECT_EQ(spool->durable(), 0U);
  ASSERT_TRUE(spool->sync().ok());
  EXPECT_EQ(spool->durable(), 2U);
  EXPECT_THAT(read_all(), ElementsAre(1, 2));
  EXPECT_THAT(read_all(), IsEmpty());
}

TEST_F(SpoolTest, PiecesBecomeOnePayload) {
  open();
  const auto a = test::payload_of(1, 10), b = test::payload_of(2, 0), c = test::payload_of(3, 20);
  const std::array<std::span<const std::byte>, 3> pieces{a, b, c};
  ASSERT_EQ(spool->append(pieces, 1, {}).result, Append::taken);
  ASSERT_TRUE(spool->sync().ok());
  auto whole = a;
  whole.insert(whole.end(), c.begin(), c.end());
  EXPECT_EQ(spool->next().value->payload, whole);
}

TEST_F(SpoolTest, WhatWasNotAcknowledgedComesAgain) {
  open();
  fill(1, 5);
  EXPECT_THAT(read_all(), SizeIs(5));
  spool->acknowledge(2);
  spool->acknowledge(1);
  spool->acknowledge(4);
  ASSERT_TRUE(spool->commit_position().ok());
  power_cut();
  EXPECT_EQ(spool->recovery().records, 3U);
  EXPECT_EQ(spool->recovery().rows, 30U);
  EXPECT_EQ(spool->recovery().lost_records, 0U);
  EXPECT_THAT(read_all(), ElementsAre(3, 4, 5));
}

TEST_F(SpoolTest, SequencesGoOnWhereAllWasAcknowledged) {
  open();
  fill(1, 9);
  for (const auto sequence : read_all()) spool->acknowledge(sequence);
  ASSERT_TRUE(spool->commit_position().ok());
  power_cut();
  EXPECT_EQ(spool->recovery().records, 0U);
  EXPECT_EQ(append(10).sequence, 10U);
  ASSERT_TRUE(spool->sync().ok());
  EXPECT_THAT(read_all(), ElementsAre(10));
}

TEST_F(SpoolTest, RewindGivesAgainWhatIsHeldAndOnlyThat) {
  open();
  fill(1, 6);
  EXPECT_THAT(read_all(), SizeIs(6));
  spool->acknowledge(1);
  spool->acknowledge(3);
  spool->acknowledge(6);
  EXPECT_EQ(spool->statistics().held_records, 3U);
  spool->rewind();
  EXPECT_EQ(spool->statistics().held_records, 0U);
  EXPECT_THAT(read_all(), ElementsAre(2, 4, 5));
  for (const auto sequence : {2, 4, 5}) spool->acknowledge(static_cast<std::uint64_t>(sequence));
  EXPECT_EQ(spool->statistics().waiting_records, 0U);
}

TEST_F(SpoolTest, AnAcknowledgementOfWhatNobodyHoldsChangesNothing) {
  open();
  fill(1, 2);
  spool->acknowledge(1);
  EXPECT_THROW(spool->acknowledge(3), Error) << "there is no such record";
  EXPECT_THAT(read_all(), ElementsAre(1, 2));
  spool->acknowledge(1);
  spool->acknowledge(1);
  EXPECT_EQ(spool->statistics().waiting_records, 1U);
  spool->rewind();
  spool->acknowledge(2);
  EXPECT_THAT(read_all(), ElementsAre(2)) << "it is given once more";
}

TEST_F(SpoolTest, SegmentsGoOnlyAfterThePositionIsDurable) {
  open();
  fill(1, 20);
  const auto before = segments();
  EXPECT_GT(before.size(), 3U);
  for (const auto sequence : read_all()) spool->acknowledge(sequence);
  EXPECT_EQ(segments(), before);
  disk.fail({.operation = Operation::sync});
  EXPECT_FALSE(spool->commit_position().ok());
  EXPECT_EQ(segments(), before);
  ASSERT_TRUE(spool->commit_position().ok());
  EXPECT_THAT(segments(), SizeIs(1));  // the writer's own
}

TEST_F(SpoolTest, FullBlocksUntilRoomIsCommitted) {
  limits.max_size = 4096;
  limits.segment_size = 500;
  open();
  std::uint64_t id = 0;
  while (append(id + 1).result == Append::taken) {
    ASSERT_TRUE(spool->sync().ok());
    ++id;
  }
  EXPECT_EQ(id, 4096 / 144);
  EXPECT_EQ(append(99).result, Append::full);
  EXPECT_LE(spool->statistics().bytes, limits.max_size);
  for (const auto sequence : read_all()) spool->acknowledge(sequence);
  EXPECT_EQ(append(99).result, Append::full);
  ASSERT_TRUE(spool->commit_position().ok());
  EXPECT_EQ(append(id + 1).result, Append::taken);
}

// The writer's own segment may be all that is there: it must not block the writer for ever.
TEST_F(SpoolTest, ASegmentThatIsDoneMakesRoom) {
  limits.max_size = 4096;
  limits.segment_size = 4096;
  open();
  fill(1, 28);
  for (const auto sequence : read_all()) spool->acknowledge(sequence);
  ASSERT_TRUE(spool->commit_position().ok());
  EXPECT_EQ(append(29).result, Append::taken);
  ASSERT_TRUE(spool->sync().ok());
  EXPECT_THAT(read_all(), ElementsAre(29));
}

TEST_F(SpoolTest, DropOldestSparesWhatIsHeld) {
  limits.max_size = 4096;
  limits.segment_size = 500;
  limits.when_full = SpoolLimits::WhenFull::drop_oldest;
  open();
  fill(1, 10);
  ASSERT_EQ(spool->next().value->sequence, 1U);
  fill(11, 60);
  const auto statistics = spool->statistics();
  EXPECT_GT(statistics.dropped_records, 20U);
  EXPECT_EQ(statistics.dropped_rows, statistics.dropped_records * 10);
  EXPECT_EQ(statistics.waiting_records + statistics.dropped_records, 60U);
  EXPECT_EQ(statistics.oldest, Timestamp(std::chrono::seconds(1)));
  EXPECT_LE(statistics.bytes, limits.max_size);
  const auto rest = read_all();
  EXPECT_THAT(rest, SizeIs(59 - statistics.dropped_records));
  EXPECT_EQ(rest.back(), 60U);
  // The gap is known to be no damage, in another life too.
  power_cut();
  EXPECT_EQ(spool->recovery().lost_records, 0U);
  EXPECT_EQ(spool->recovery().lost_rows, 0U);
  EXPECT_EQ(spool->recovery().records, statistics.waiting_records);
  EXPECT_EQ(read_all().front(), 1U);
}

TEST_F(SpoolTest, WhatCanNeverFitIsSaid) {
  limits.max_size = 4096;
  open();
  EXPECT_EQ(spool->append(test::payload_of(1, 4096), 1, {}).result, Append::too_large);
  EXPECT_EQ(spool->append(test::payload_of(1, 4096 - 44), 1, {}).result, Append::taken);
  EXPECT_EQ(append(1).result, Append::sync_first);
}

TEST_F(SpoolTest, CountsWhatIsWhere) {
  open();
  fill(1, 3);
  append(4);
  EXPECT_EQ(spool->next().value->sequence, 1U);
  EXPECT_EQ(spool->next().value->sequence, 2U);
  spool->acknowledge(1);
  const auto now = spool->statistics();
  EXPECT_EQ(now.waiting_records, 3U);
  EXPECT_EQ(now.waiting_rows, 30U);
  EXPECT_EQ(now.unsynced_records, 1U);
  EXPECT_EQ(now.unsynced_rows, 10U);
  EXPECT_EQ(now.held_records, 1U);
  EXPECT_EQ(now.appended_rows, 40U);
  EXPECT_EQ(now.acknowledged_rows, 10U);
  EXPECT_EQ(now.bytes, 4 * 144U);
  EXPECT_EQ(now.oldest, Timestamp(std::chrono::seconds(2)));
}

TEST_F(SpoolTest, TheOldestIsFromBeforeTheRestart) {
  open();
  EXPECT_EQ(spool->statistics().oldest, std::nullopt);
  append(7);
  EXPECT_EQ(spool->statistics().oldest, Timestamp(std::chrono::seconds(7)));
  ASSERT_TRUE(spool->sync().ok());
  open();
  EXPECT_EQ(spool->statistics().oldest, Timestamp(std::chrono::seconds(7)));
}

TEST_F(SpoolTest, HasOneOwner) {
  open();
  try {
    (void)Spool::open(folder, disk, limits);
    FAIL() << "two spools in one folder";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/spool is used by another run"));
  }
  spool.reset();
  EXPECT_NO_THROW(open());
}

TEST_F(SpoolTest, LimitsThatContradictAreRefused) {
  limits = {.max_size = 100};
  EXPECT_THROW(open(), Error);
  limits = {.max_size = 8192, .segment_size = 10000};
  EXPECT_THROW(open(), Error);
}

// For the thread sanitizer, and for the counts.
TEST_F(SpoolTest, AWriterAndAReaderWorkBesideEachOther) {
  limits.max_size = 8192;
  open();
  constexpr std::uint64_t count = 2000;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (std::uint64_t id = 1; id <= count;) {
      if (append(id).result == Append::taken) ++id;
      EXPECT_TRUE(spool->sync().ok());
    }
  });
  std::thread watcher([&] {
    while (!done) EXPECT_LE(spool->statistics().bytes, limits.max_size);
  });
  std::uint64_t expected = 1;
  while (expected <= count) {
    const auto read = spool->next();
    EXPECT_TRUE(read.status.ok());
    if (!read.value) {
      EXPECT_TRUE(spool->commit_position().ok());
      std::this_thread::yield();
      continue;
    }
    EXPECT_EQ(read.value->sequence, expected);
    EXPECT_EQ(read.value->payload, test::payload_of(expected, 100));
    spool->acknowledge(expected++);
  }
  done = true;
  writer.join();
  watcher.join();
  EXPECT_EQ(spool->statistics().waiting_records, 0U);
  EXPECT_EQ(spool->statistics().acknowledged_rows, count * 10);
}

}  // namespace
}  // namespace weir::core::delivery
