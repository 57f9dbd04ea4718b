// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/posix_filesystem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "core/delivery/spool.hpp"
#include "tests/support/spool_model.hpp"
#include "weir/error.hpp"

namespace weir::core::delivery {
namespace {

namespace fs = std::filesystem;
using Open = Filesystem::Open;
using test::payload_of;

class PosixDisk : public ::testing::Test {
 protected:
  PosixDisk() {
    std::string pattern = (fs::temp_directory_path() / "weir-spool-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~PosixDisk() override { fs::remove_all(folder); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder + '/' + name; }

  std::string folder;
  PosixFilesystem disk;
};

TEST_F(PosixDisk, WritesReadsAndShortens) {
  ASSERT_TRUE(disk.make_folders(path("a/b")).ok());
  ASSERT_TRUE(disk.make_folders(path("a/b")).ok());
  auto made = disk.open(path("a/b/file"), Open::new_file);
  ASSERT_TRUE(made.status.ok());
  ASSERT_TRUE(made.value->write_at(10, payload_of(1, 100)).ok());
  ASSERT_TRUE(made.value->sync_data().ok());
  EXPECT_EQ(made.value->size().value, 110U);
  std::vector<std::byte> bytes(200);
  EXPECT_EQ(made.value->read_at(10, bytes).value, 100U);
  bytes.resize(100);
  EXPECT_EQ(bytes, payload_of(1, 100));
  ASSERT_TRUE(made.value->truncate(20).ok());
  EXPECT_EQ(made.value->read_at(10, bytes).value, 10U);
  ASSERT_TRUE(disk.rename(path("a/b/file"), path("a/b/other")).ok());
  ASSERT_TRUE(disk.sync_folder(path("a/b")).ok());
  EXPECT_THAT(disk.list(path("a/b")).value, ::testing::ElementsAre("other"));
  ASSERT_TRUE(disk.remove(path("a/b/other")).ok());
  EXPECT_THAT(disk.list(path("a/b")).value, ::testing::IsEmpty());
}

TEST_F(PosixDisk, SaysWhatIsWrong) {
  EXPECT_EQ(disk.open(path("none"), Open::to_read).status.kind(), Status::Kind::missing);
  EXPECT_THAT(
      disk.open(path("none"), Open::to_read).status.message(),
      ::testing::AllOf(::testing::HasSubstr(path("none")), ::testing::HasSubstr("No such file")));
  ASSERT_TRUE(disk.open(path("file"), Open::new_file).status.ok());
  EXPECT_EQ(disk.open(path("file"), Open::new_file).status.kind(), Status::Kind::failed);
  EXPECT_FALSE(disk.make_folders(path("file/below")).ok());
  EXPECT_FALSE(disk.list(path("none")).status.ok());
  EXPECT_FALSE(disk.remove(path("none")).ok());
}

TEST_F(PosixDisk, FilesAreTheOwnersAlone) {
  ASSERT_TRUE(disk.make_folders(path("spool")).ok());
  ASSERT_TRUE(disk.open(path("spool/file"), Open::new_file).status.ok());
  constexpr auto others = fs::perms::group_all | fs::perms::others_all;
  EXPECT_EQ(fs::status(path("spool")).permissions() & others, fs::perms::none);
  EXPECT_EQ(fs::status(path("spool/file")).permissions() & others, fs::perms::none);
}

TEST_F(PosixDisk, ASpoolLivesOnIt) {
  const SpoolLimits limits{.max_size = 1U << 20U, .segment_size = 4096};
  for (std::uint64_t round = 0; round < 3; ++round) {
    const auto spool = Spool::open(path("spool"), disk, limits);
    EXPECT_EQ(spool->recovery().records, round == 0 ? 0U : 10U);
    EXPECT_EQ(spool->recovery().lost_records, 0U);
    for (std::uint64_t i = 0; i < 100; ++i) {
      const auto result = spool->append(payload_of(round * 100 + i + 1, 1000), 5, {});
      ASSERT_EQ(result.sequence, round * 100 + i + 1);
      if (i % 7 == 0) {
        ASSERT_TRUE(spool->sync().ok());
      }
    }
    ASSERT_TRUE(spool->sync().ok());
    for (std::uint64_t i = 0; i < (round == 0 ? 90 : 100); ++i) {
      const auto read = spool->next();
      ASSERT_TRUE(read.value);
      EXPECT_EQ(read.value->payload, payload_of(read.value->sequence, 1000));
      spool->acknowledge(read.value->sequence);
    }
    ASSERT_TRUE(spool->commit_position().ok());
  }
}

TEST_F(PosixDisk, ASpoolHasOneOwner) {
  const auto spool = Spool::open(path("spool"), disk, {});
  EXPECT_THROW((void)Spool::open(path("spool"), disk, {}), Error);
}

}  // namespace
}  // namespace weir::core::delivery
