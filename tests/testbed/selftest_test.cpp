// SPDX-License-Identifier: Apache-2.0
// icmp-source says of each probe what became of it, on every kind of path.
#include <gtest/gtest.h>

#include <sstream>

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
