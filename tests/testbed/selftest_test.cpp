// SPDX-License-Identifier: Apache-2.0
// icmp-source says of each probe what became of it, on every kind of path.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

#include "core/testpath/path.hpp"
#include "tests/support/program.hpp"

namespace weir::testbed {
namespace {

using test::ProgramResult;
using test::run_weir;
using test::TemporaryFolder;

TEST(Selftest, EveryProbeIsJudgedRightOnEveryPath) {
  if (const auto reason = core::testpath::why_no_path()) GTEST_SKIP() << *reason;
  const TemporaryFolder folder;
  const ProgramResult result =
      run_weir({.arguments = {"selftest", "--for", "3s"}, .folder = folder.path()});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  std::istringstream lines(result.out);
  std::string line;
  std::size_t identical = 0;
  while (std::getline(lines, line)) identical += line.find("  identical ") != std::string::npos;
  EXPECT_EQ(identical, 8U) << result.out;
}

bool has_folder_of_selftest(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("weir-selftest-")) return true;
  }
  return false;
}

TEST(Selftest, LeavesNothingBehindWhenItIsInterrupted) {
  if (const auto reason = core::testpath::why_no_path()) GTEST_SKIP() << *reason;
  for (const int signal : {SIGINT, SIGTERM}) {
    const TemporaryFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("TMPDIR", folder.path().c_str(), 1);
      const std::string program = std::string(WEIR_BUILD_DIR) + "/bin/weir";
      ::execl(program.c_str(), "weir", "selftest", "--for", "60s", nullptr);
      ::_exit(127);
    }
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!has_folder_of_selftest(folder.path()) && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(has_folder_of_selftest(folder.path()));
    ::kill(child, signal);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
    EXPECT_FALSE(has_folder_of_selftest(folder.path()));
  }
}

TEST(Selftest, AWrongTimeIsAWrongCommandLine) {
  const TemporaryFolder folder;
  for (const char* time : {"0s", "1h", "soon"}) {
    const ProgramResult result =
        run_weir({.arguments = {"selftest", "--for", time}, .folder = folder.path()});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.err.find("--for " + std::string(time)), std::string::npos) << result.err;
  }
}

}  // namespace
}  // namespace weir::testbed
