// SPDX-License-Identifier: Apache-2.0
// Bytes that change on the disk. tests/faults/spool_damage does it at every byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/delivery/position.hpp"
#include "tests/core/delivery/spool_testing.hpp"

namespace weir::core::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

class DamagedSpool : public SpoolTest {
 protected:
  void SetUp() override {
    limits.segment_size = 450;  // four records of 144 bytes each
    open();
    fill(1, 10);
    ASSERT_TRUE(spool->commit_position().ok());
    spool.reset();
    ASSERT_EQ(segments().size(), 3U);
  }
  void flip(const std::string& path, std::size_t at) {
    auto bytes = disk.contents(path);
    bytes.at(at) ^= std::byte{0x10};
    disk.set_contents(path, bytes);
  }
  void expect_lost(std::uint64_t records) {
    EXPECT_EQ(spool->statistics().lost_records, records);
    EXPECT_EQ(spool->statistics().lost_rows, records * 10);
    EXPECT_EQ(spool->statistics().waiting_records, 10 - records);
  }
};

TEST_F(DamagedSpool, APayloadCostsItsRecord) {
  flip(segments()[0], 144 + 44);
  open();
  EXPECT_THAT(read_all(), ElementsAre(1, 3, 4, 5, 6, 7, 8, 9, 10));
  expect_lost(1);
}

TEST_F(DamagedSpool, AHeaderCostsItsRecord) {
  flip(segments()[1], 144 + 5);
  open();
  EXPECT_EQ(spool->recovery().lost_records, 1U);
  EXPECT_EQ(spool->recovery().lost_rows, 10U);
  EXPECT_THAT(read_all(), ElementsAre(1, 2, 3, 4, 5, 7, 8, 9, 10));
  expect_lost(1);
}

TEST_F(DamagedSpool, BytesThatAreMissingCostOneRecord) {
  const std::string path = segments()[0];
  auto bytes = disk.contents(path);
  bytes.erase(bytes.begin() + 60, bytes.begin() + 80);
  disk.set_contents(path, bytes);
  open();
  EXPECT_THAT(read_all(), ElementsAreArray(range(2, 10)));
  expect_lost(1);
}

TEST_F(DamagedSpool, BytesThatWereAddedCostOneRecord) {
  const std::string path = segments()[0];
  auto bytes = disk.contents(path);
  bytes.insert(bytes.begin() + 60, 1000, std::byte{0xF7});
  disk.set_contents(path, bytes);
  open();
  EXPECT_THAT(read_all(), ElementsAreArray(range(2, 10)));
  expect_lost(1);
}

TEST_F(DamagedSpool, AnEndThatIsGoneIsKnownFromThePosition) {
  disk.set_contents(segments()[2], {});
  open();
  EXPECT_EQ(spool->recovery().lost_records, 2U);
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 8)));
  expect_lost(2);
  EXPECT_EQ(append(11).sequence, 11U);
}

TEST_F(DamagedSpool, APositionThatCannotBeReadGivesAllAgain) {
  disk.set_contents("/spool/position", test::payload_of(1, 9000));
  open();
  EXPECT_EQ(spool->recovery().lost_records, 0U);
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 10)));
  for (const auto sequence : range(1, 4)) spool->acknowledge(sequence);
  ASSERT_TRUE(spool->commit_position().ok());
  spool.reset();
  disk.set_contents("/spool/position", {});
  open();
  EXPECT_TRUE(spool->recovery().position_lost);
  EXPECT_EQ(spool->recovery().lost_records, 0U);
  EXPECT_THAT(read_all(), ElementsAreArray(range(5, 10)));
}

TEST_F(DamagedSpool, ADamagedSlotGivesTheOlderPositionAndNoFalseAlarm) {
  open();
  EXPECT_THAT(read_all(), ElementsAreArray(range(1, 10)));
  for (const auto sequence : range(1, 9)) {
    spool->acknowledge(sequence);
    ASSERT_TRUE(spool->commit_position().ok());
  }
  spool.reset();
  for (const std::size_t slot : {0U, 1U}) {
    flip("/spool/position", slot * position_slot_distance + 20);
    open();
    EXPECT_EQ(spool->recovery().lost_records, 0U);
    EXPECT_EQ(read_all().back(), 10U);
    spool.reset();
    flip("/spool/position", slot * position_slot_distance + 20);
  }
}

// A payload may look like a frame: it is none, because checksums begin with a secret of the spool.
TEST_F(DamagedSpool, AFrameInsideAPayloadIsNeverTakenForARecord) {
  test::SimulatedFilesystem other_disk;
  auto other = Spool::open(folder, other_disk, {.max_size = 1U << 20U, .salt = 8});
  const auto inner = disk.contents(segments()[0]);
  ASSERT_EQ(other->append(inner, 1, {}).result, Append::taken);
  ASSERT_EQ(other->append(test::payload_of(1, 10), 1, {}).result, Append::taken);
  ASSERT_TRUE(other->sync().ok());
  ASSERT_TRUE(other->commit_position().ok());
  other.reset();
  const std::string path = "/spool/0000000000000001-0000000000000000-00000001-00000008.log";
  auto bytes = other_disk.contents(path);
  ASSERT_FALSE(bytes.empty());
  bytes[8] ^= std::byte{1};
  other_disk.set_contents(path, bytes);
  other = Spool::open(folder, other_disk, {.max_size = 1U << 20U, .salt = 9});
  EXPECT_EQ(other->recovery().lost_records, 1U);
  EXPECT_EQ(other->next().value->sequence, 2U);
  EXPECT_FALSE(other->next().value);
}

}  // namespace
}  // namespace weir::core::delivery
