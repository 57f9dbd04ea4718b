// SPDX-License-Identifier: Apache-2.0
// A disk that fails, fills and comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/delivery/spool_testing.hpp"
#include "weir/error.hpp"

namespace weir::core::delivery {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(SpoolTest, AFailedSyncIsNeverTrustedOnTheSameFile) {
  open();
  fill(1, 2);
  append(3);
  append(4);
  disk.fail({.operation = Operation::sync});
  const Status failed = spool->sync();
  EXPECT_EQ(failed.kind(), Status::Kind::failed);
  EXPECT_EQ(spool->durable(), 2U);
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 2)));
  EXPECT_THAT(segments(), SizeIs(1));
  ASSERT_TRUE(spool->sync().ok());
  EXPECT_THAT(segments(), SizeIs(2));
  EXPECT_EQ(spool->durable(), 4U);
  EXPECT_EQ(spool->statistics().suspect_segments, 1U);
  EXPECT_THAT(read_all(), ElementsAreArray(range(3, 4)));
  // What the failed sync left behind is gone with the power; what the second one wrote is not.
  power_cut();
  EXPECT_EQ(spool->recovery().lost_records, 0U);
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 4)));
}

// Only the system's memory may hold the removal of its file, and its sequence is given to another.
TEST_F(SpoolTest, WhatWasGivenUpDoesNotComeBackWithThePower) {
  for (std::uint64_t luck = 1; luck <= 50; ++luck) {
    test::SimulatedFilesystem unlucky(luck);
    spool = Spool::open(folder, unlucky, limits);
    append(1);
    unlucky.fail({.operation = Operation::sync});
    EXPECT_FALSE(spool->sync().ok());
    unlucky.fail({.operation = Operation::create});
    EXPECT_FALSE(spool->sync().ok());
    unlucky.heal();
    spool.reset();
    spool = Spool::open(folder, unlucky, limits);
    EXPECT_EQ(spool->recovery().records, 0U);
    EXPECT_EQ(append(2).sequence, 1U);
    unlucky.crash();
    spool.reset();
    unlucky.power_on();
    spool = Spool::open(folder, unlucky, limits);
    EXPECT_EQ(spool->recovery().records, 0U) << "luck " << luck;
    spool.reset();
  }
}

TEST_F(SpoolTest, ASuspectSegmentWithoutRecordsIsRemoved) {
  open();
  append(1);
  disk.fail({.operation = Operation::sync, .nth = 1, .from_then_on = true});
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(spool->sync().ok());
  EXPECT_LE(segments().size(), 1U);
  disk.heal();
  ASSERT_TRUE(spool->sync().ok());
  EXPECT_THAT(segments(), SizeIs(1));
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 1)));
}

TEST_F(SpoolTest, AFullDiskPasses) {
  open();
  fill(1, 3);
  append(4);
  append(5);
  disk.set_capacity(disk.used() + 150);
  for (int i = 0; i < 3; ++i) {
    const Status full = spool->sync();
    EXPECT_EQ(full.kind(), Status::Kind::no_room) << full.message();
    EXPECT_EQ(spool->durable(), 3U);
  }
  append(6);
  disk.heal();
  ASSERT_TRUE(spool->sync().ok());
  EXPECT_EQ(spool->statistics().suspect_segments, 0U);
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 6)));
  power_cut();
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 6)));
  EXPECT_EQ(spool->recovery().lost_records, 0U);
}

// On a full disk the only way to room is to deliver: that must work without any.
TEST_F(SpoolTest, AFullDiskCanBeEmptiedByReading) {
  open();
  fill(1, 20);
  disk.set_capacity(disk.used());
  append(21);
  EXPECT_EQ(spool->sync().kind(), Status::Kind::no_room);
  power_cut();
  for (const auto sequence : read_all()) spool->acknowledge(sequence);
  ASSERT_TRUE(spool->commit_position().ok());
  append(21);
  EXPECT_TRUE(spool->sync().ok());
}

TEST_F(SpoolTest, APassingFailureToOpenLosesNothing) {
  open();
  fill(1, 3);
  for (const auto operation :
       {Operation::list, Operation::open, Operation::lock, Operation::sync}) {
    spool.reset();
    disk.fail({.operation = operation});
    EXPECT_THROW(open(), Error);
    disk.heal();
    open();
    EXPECT_EQ(spool->recovery().records, 3U);
  }
}

TEST_F(SpoolTest, APlaceThatCannotBeReadIsTriedAgainThenPassed) {
  open();
  fill(1, 9);
  disk.fail({.operation = Operation::read, .nth = 1});
  EXPECT_FALSE(spool->next().status.ok());
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 9)));
  spool->rewind();
  disk.heal();
  disk.fail({.operation = Operation::read, .nth = 1, .from_then_on = true});
  int failures = 0;
  while (!spool->next().status.ok()) ++failures;
  EXPECT_GE(failures, 2);
  EXPECT_EQ(spool->statistics().lost_records, 9U);
  EXPECT_EQ(spool->statistics().lost_rows, 90U);
  EXPECT_EQ(spool->statistics().waiting_records, 0U);
}

TEST_F(SpoolTest, ASegmentThatSomebodyRemovedIsCountedAndPassed) {
  open();
  fill(1, 12);
  ASSERT_TRUE(disk.remove(segments().at(1)).ok());
  EXPECT_THAT(read_all(), SizeIs(8));
  EXPECT_EQ(spool->statistics().lost_records, 4U);
  EXPECT_EQ(spool->statistics().lost_rows, 40U);
}

TEST_F(SpoolTest, AFailedSyncOfThePositionLeadsToANewFile) {
  open();
  fill(1, 3);
  EXPECT_THAT(read_all(), SizeIs(3));
  spool->acknowledge(1);
  disk.fail({.operation = Operation::sync});
  EXPECT_FALSE(spool->commit_position().ok());
  const auto renames = disk.count(Operation::rename);
  ASSERT_TRUE(spool->commit_position().ok());
  EXPECT_EQ(disk.count(Operation::rename), renames + 1);
  power_cut();
  EXPECT_THAT(read_all(), ElementsAreArray(range(2, 3)));
}

}  // namespace
}  // namespace weir::core::delivery
