// SPDX-License-Identifier: Apache-2.0
// One pipeline of plugins from different worlds, and the program in bad company.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/program.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;
const fs::path foreign = fs::path(WEIR_BUILD_DIR) / "tests/abi/plugins";

TEST(Compilers, ClangPlainCAndOtherLibrarySettingsRunInOnePipeline) {
  if (!fs::exists(foreign / "clang-source.so")) {
    GTEST_SKIP() << "SKIPPED: clang++-14 was not found when this build was configured; "
                    "scripts/install-dependencies --all installs it";
  }
  const TemporaryFolder folder;
  const ProgramResult result = run_weir(
      {.arguments = {"run", std::string(WEIR_SOURCE_DIR) + "/tests/abi/three_compilers.yaml",
                     "--plugins", foreign},
       .folder = folder.path(),
       .environment = {"WEIR_TEST_OUT=" + folder.path().string()}});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string lines = read_text(folder / "three_compilers.txt");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1000);
  EXPECT_NE(lines.find("number-999 1998"), std::string::npos) << lines.substr(0, 200);
}

TEST(Compilers, AFileThatIsNoLibraryIsALineInTheTable) {
  const TemporaryFolder folder;
  write_text(folder / "plugins/text.so", "not a library");
  const ProgramResult list = run_weir(
      {.arguments = {"plugins", "list", "--plugins", folder / "plugins"}, .folder = folder.path()});
  EXPECT_NE(list.out.find("refused  "), std::string::npos) << list.out;
  EXPECT_NE(list.out.find("text.so"), std::string::npos) << list.out;
  EXPECT_NE(list.out.find("scaler"), std::string::npos) << list.out;
}

}  // namespace
}  // namespace weir::test
