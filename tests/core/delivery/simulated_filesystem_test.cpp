// SPDX-License-Identifier: Apache-2.0
// The disk of the other tests must be as bad as it says.
#include "tests/support/simulated_filesystem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/spool_model.hpp"

namespace weir::test {
namespace {

using Open = core::delivery::Filesystem::Open;
using Operation = SimulatedFilesystem::Operation;
using core::delivery::Status;

class SimulatedDisk : public ::testing::Test {
 protected:
  static std::unique_ptr<core::delivery::File> make(SimulatedFilesystem& disk) {
    auto made = disk.open("/a/file", Open::new_file);
    EXPECT_TRUE(made.status.ok());
    return std::move(made.value);
  }
};

TEST_F(SimulatedDisk, KeepsWhatWasSyncedWithItsName) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SimulatedFilesystem disk(seed);
    const auto file = make(disk);
    ASSERT_TRUE(file->write_at(0, payload_of(1, 700)).ok());
    ASSERT_TRUE(file->sync_data().ok());
    ASSERT_TRUE(disk.sync_folder("/a").ok());
    disk.crash();
    EXPECT_FALSE(file->write_at(0, payload_of(2, 10)).ok());
    disk.power_on();
    EXPECT_FALSE(file->sync_data().ok());
    EXPECT_EQ(disk.contents("/a/file"), payload_of(1, 700));
  }
}

TEST_F(SimulatedDisk, CountsWhatItRefusesAndIsMendedButStillLosesPower) {
  SimulatedFilesystem disk;
  const auto file = make(disk);
  disk.crash_at(4, SimulatedFilesystem::Moment::before);
  disk.fail({.operation = Operation::write, .from_then_on = true});
  EXPECT_FALSE(file->write_at(0, payload_of(1, 10)).ok());
  disk.mend();
  EXPECT_TRUE(file->write_at(0, payload_of(1, 10)).ok());
  disk.set_capacity(10);
  EXPECT_FALSE(file->write_at(10, payload_of(1, 10)).ok());
  EXPECT_EQ(disk.refused(), 2U);
  EXPECT_EQ(disk.operations(), 4U);
  EXPECT_FALSE(file->sync_data().ok());
  EXPECT_TRUE(disk.crashed());
  EXPECT_EQ(disk.refused(), 2U);
}

TEST_F(SimulatedDisk, LosesTearsOrKeepsTheRest) {
  std::set<std::vector<std::byte>> outcomes;
  std::set<bool> names;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SimulatedFilesystem disk(seed);
    const auto file = make(disk);
    ASSERT_TRUE(disk.sync_folder("/a").ok());
    ASSERT_TRUE(file->write_at(0, payload_of(1, 1024)).ok());
    ASSERT_TRUE(disk.rename("/a/file", "/a/other").ok());
    disk.crash();
    disk.power_on();
    const bool renamed = disk.paths().front() == "/a/other";
    names.insert(renamed);
    outcomes.insert(disk.contents(disk.paths().front()));
  }
  EXPECT_THAT(names, ::testing::SizeIs(2));
  EXPECT_THAT(outcomes, ::testing::SizeIs(4));  // none, all, the first half, the second
}

TEST_F(SimulatedDisk, LiesAfterAFailedSync) {
  std::set<bool> kept;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SimulatedFilesystem disk(seed);
    const auto file = make(disk);
    ASSERT_TRUE(disk.sync_folder("/a").ok());
    ASSERT_TRUE(file->write_at(0, payload_of(1, 100)).ok());
    disk.fail({.operation = Operation::sync});
    EXPECT_FALSE(file->sync_data().ok());
    EXPECT_TRUE(file->sync_data().ok());
    disk.crash();
    disk.power_on();
    kept.insert(disk.contents("/a/file") == payload_of(1, 100));
  }
  EXPECT_TRUE(kept.contains(true));
}

TEST_F(SimulatedDisk, IsFullInTheMiddleOfAWrite) {
  SimulatedFilesystem disk;
  const auto file = make(disk);
  disk.set_capacity(50);
  EXPECT_EQ(file->write_at(0, payload_of(1, 80)).kind(), Status::Kind::no_room);
  EXPECT_EQ(disk.used(), 50U);
  EXPECT_TRUE(file->write_at(10, payload_of(1, 40)).ok());
}

TEST_F(SimulatedDisk, FailsOnceOrFromThenOn) {
  SimulatedFilesystem disk;
  const auto file = make(disk);
  disk.fail({.operation = Operation::write, .nth = 2});
  EXPECT_TRUE(file->write_at(0, payload_of(1, 8)).ok());
  EXPECT_EQ(file->write_at(0, payload_of(1, 8)).kind(), Status::Kind::failed);
  EXPECT_TRUE(file->write_at(0, payload_of(1, 8)).ok());
  disk.fail({.operation = Operation::write, .nth = 2, .from_then_on = true, .error = ENOSPC});
  EXPECT_TRUE(file->write_at(0, payload_of(1, 8)).ok());
  EXPECT_EQ(file->write_at(0, payload_of(1, 8)).kind(), Status::Kind::no_room);
  EXPECT_EQ(file->write_at(0, payload_of(1, 8)).kind(), Status::Kind::no_room);
}

TEST_F(SimulatedDisk, CrashesWhereItIsTold) {
  SimulatedFilesystem disk;
  disk.keep_history();
  disk.crash_at(2, SimulatedFilesystem::Moment::after);
  const auto file = make(disk);
  EXPECT_FALSE(file->write_at(0, payload_of(1, 8)).ok());
  EXPECT_TRUE(disk.crashed());
  EXPECT_FALSE(disk.remove("/a/file").ok());
  EXPECT_THAT(disk.history(), ::testing::ElementsAre("create file", "write file"));
}

}  // namespace
}  // namespace weir::test
