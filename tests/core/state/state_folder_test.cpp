// SPDX-License-Identifier: Apache-2.0
// State files: written whole or not at all, read only when whole and undamaged.
#include "core/state/state_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "core/state/folder_lock.hpp"
#include "core/state/state_file.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Fails the call whose turn it is.
class FailingCalls final : public FileCalls {
 public:
  int left = -1;  // calls before the one that fails; -1: none fails
  int calls = 0;

  int open(const std::string& path, int flags, mode_t mode) override {
    return fails(ENOSPC) ? -1 : FileCalls::open(path, flags, mode);
  }
  ssize_t write(int fd, const char* from, std::size_t size) override {
    return fails(ENOSPC) ? -1 : FileCalls::write(fd, from, std::min<std::size_t>(size, 7));
  }
  int fsync(int fd) override { return fails(EIO) ? -1 : FileCalls::fsync(fd); }
  int rename(const std::string& from, const std::string& to) override {
    return fails(EIO) ? -1 : FileCalls::rename(from, to);
  }

 private:
  bool fails(int reason) {
    ++calls;
    if (left < 0 || left-- > 0) return false;
    errno = reason;
    return true;
  }
};

class StateFolderTest : public ::testing::Test {
 protected:
  StateFolderTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-state-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~StateFolderTest() override { std::filesystem::remove_all(folder_); }

  StateFolder make(const std::string& plugin = "aligner") {
    return StateFolder({folder_ / "nodes" / "p",
                        {{"grid", plugin}},
                        [] { return Timestamp{std::chrono::seconds{1'800'000'000}}; },
                        [this](const std::string& node, const std::string& line) {
                          warnings_.push_back(node + ": " + line);
                        }},
                       calls_);
  }
  [[nodiscard]] std::string path() const { return folder_ / "nodes" / "p" / "grid.state"; }
  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& file :
         std::filesystem::directory_iterator(folder_ / "nodes" / "p"))
      ++count;
    return count;
  }

  std::filesystem::path folder_;
  FailingCalls calls_;
  std::vector<std::string> warnings_;
};

TEST_F(StateFolderTest, GivesBackWhatWasSavedToTheOwnerAlone) {
  StateFolder folder = make();
  EXPECT_FALSE(folder.load("grid"));
  const std::string bytes("a\0b", 3);
  folder.save("grid", 7, "older");
  folder.save("grid", 7, bytes);
  const auto state = folder.load("grid");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->version, 7U);
  EXPECT_EQ(state->bytes, bytes);
  EXPECT_EQ(files(), 1U) << "no temporary is left";
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(StateFolderTest, AFailureOfAnyStepLeavesTheOldOrTheNew) {
  StateFolder folder = make();
  folder.save("grid", 1, "old");
  calls_.calls = 0;
  folder.save("grid", 1, "old");
  const int steps = calls_.calls;
  ASSERT_GT(steps, 6);
  for (int step = 0; step < steps; ++step) {
    calls_.left = -1;
    folder.save("grid", 1, "old");
    calls_.left = step;
    EXPECT_THROW(folder.save("grid", 1, "new"), Error) << step;
    calls_.left = -1;
    const auto state = folder.load("grid");
    ASSERT_TRUE(state) << step;
    // Only when the folder could not be synced has the file been replaced.
    EXPECT_EQ(state->bytes, step < steps - 2 ? "old" : "new") << step;
  }
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_EQ(files(), 1U);
}

TEST_F(StateFolderTest, DamagedIsSetAsideAndTold) {
  StateFolder folder = make();
  folder.save("grid", 1, "some bytes");
  std::fstream(path(), std::ios::in | std::ios::out | std::ios::binary).seekp(40).put('x');
  EXPECT_FALSE(folder.load("grid"));
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_THAT(warnings_[0],
              HasSubstr("grid.state: is damaged: its checksum does not fit; set aside"));
  EXPECT_TRUE(std::filesystem::exists(path() + ".damaged-2027-01-15T08-00-00Z"));
  EXPECT_FALSE(folder.load("grid"));
  EXPECT_THAT(warnings_, SizeIs(1)) << "told once";
}

TEST_F(StateFolderTest, OfAnotherPluginIsSetAside) {
  make().save("grid", 1, "bytes");
  StateFolder other = make("scaler");
  EXPECT_FALSE(other.load("grid"));
  ASSERT_THAT(warnings_, SizeIs(1));
  EXPECT_THAT(warnings_[0], HasSubstr("is of the plugin 'aligner'"));
}

TEST_F(StateFolderTest, OfANodeThatItWasNotToldOfNothingIsTouched) {
  make().save("grid", 1, "rows");
  StateFolder folder(
      {folder_ / "nodes" / "p",
       {},
       [] { return Timestamp{}; },
       [this](const std::string&, const std::string& line) { warnings_.push_back(line); }},
      calls_);
  EXPECT_FALSE(folder.load("grid"));
  folder.forget("grid");
  EXPECT_THROW(folder.save("grid", 1, "others"), Error);
  EXPECT_TRUE(std::filesystem::exists(path()));
  EXPECT_THAT(warnings_, IsEmpty());
  folder.learn({{"grid", "aligner"}});
  EXPECT_EQ(folder.load("grid")->bytes, "rows");
}

TEST_F(StateFolderTest, ForgetsAlsoWhatIsNotThere) {
  StateFolder folder = make();
  folder.save("grid", 1, "bytes");
  folder.forget("grid");
  folder.forget("grid");
  EXPECT_FALSE(folder.load("grid"));
}

TEST_F(StateFolderTest, OneAtATimeHoldsTheLock) {
  auto first = FolderLock::take(folder_ / "nodes" / "p");
  ASSERT_TRUE(first);
  EXPECT_FALSE(FolderLock::take(folder_ / "nodes" / "p"));
  EXPECT_TRUE(FolderLock::take(folder_ / "nodes" / "q"));
  first.reset();
  EXPECT_TRUE(FolderLock::take(folder_ / "nodes" / "p"));
}

TEST(StateFile, EveryTruncationAndEveryBitFlipIsRefused) {
  const std::string whole = encode({"scaler", Timestamp{}, {3, "the bytes of a node"}});
  EXPECT_EQ(decode_state_file(whole).state.bytes, "the bytes of a node");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW((void)decode_state_file(whole.substr(0, size)), Error) << size;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THROW((void)decode_state_file(flipped), Error) << bit;
  }
  EXPECT_THROW((void)decode_state_file(whole + "x"), Error);
}

}  // namespace
}  // namespace weir::core
