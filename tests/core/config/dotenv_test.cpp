// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include "config_testing.hpp"
#include "core/config/substitution.hpp"

namespace weir::core::config {
namespace {

namespace fs = std::filesystem;
using Values = std::map<std::string, std::string>;

TEST(Dotenv, ReadsNamesValuesQuotesAndComments) {
  Problems problems;
  const Values values = parse_dotenv(".env",
                                     "\xef\xbb\xbf# comment\r\n"
                                     "A=1\r\n"
                                     "  B = two words  # why\n"
                                     "export C=\"x # y\\n\" # z\n"
                                     "D='it''s'\n"
                                     "E=\n"
                                     "F=a#b=c\n"
                                     "A=2",
                                     problems);
  EXPECT_TRUE(problems.empty()) << problems.render();
  EXPECT_EQ(values, (Values{{"A", "2"},
                            {"B", "two words"},
                            {"C", "x # y\n"},
                            {"D", "it's"},
                            {"E", ""},
                            {"F", "a#b=c"}}));
}

TEST(Dotenv, BadLinesAreNamedButNeverShown) {
  Problems problems;
  const Values values = parse_dotenv(
      "x/.env", "GOOD=1\nhunter2\nB-AD=hunter2\n1A=hunter2\nQ=\"hunter2\nR='a' hunter2\n",
      problems);
  EXPECT_EQ(problems.render(),
            "x/.env:2:1: error: this line is not NAME=value; start a comment with '#'\n"
            "x/.env:3:1: error: this line is not NAME=value; start a comment with '#'\n"
            "x/.env:4:1: error: this line is not NAME=value; start a comment with '#'\n"
            "x/.env:5:1: error: a quote is never closed; a value ends in its own line\n"
            "x/.env:6:1: error: text follows the closing quote; quote the whole value\n");
  EXPECT_EQ(values, (Values{{"GOOD", "1"}}));
}

TEST(Dotenv, GarbageIsRefusedUnshown) {
  Problems problems;
  EXPECT_TRUE(parse_dotenv(".env", "TOKEN=hunter2\xff\n", problems).empty());
  EXPECT_TRUE(problems.has_errors());
  EXPECT_EQ(problems.render().find("hunter2"), std::string::npos);
}

TEST(WithDotenv, TheEnvironmentWins) {
  const ScratchFolder folder;
  folder.write(".env", "A=file\nB=file\nE=file\n");
  Problems problems;
  const Environment all =
      with_dotenv(environment_of({{"A", "process"}, {"E", ""}}), folder.path(), problems);
  EXPECT_EQ(all("A"), "process");
  EXPECT_EQ(all("B"), "file");
  EXPECT_EQ(all("E"), "");
  EXPECT_EQ(all("C"), std::nullopt);
  EXPECT_TRUE(problems.empty());
}

TEST(WithDotenv, NoFileIsNoProblem) {
  const ScratchFolder folder;
  Problems problems;
  EXPECT_EQ(with_dotenv(environment_of({}), folder.path(), problems)("A"), std::nullopt);
  EXPECT_TRUE(problems.empty());
}

TEST(WithDotenv, IsNotReadWhileTheEnvironmentHasAll) {
  const ScratchFolder folder;
  folder.write(".env", "not an assignment\n", fs::perms{0666});
  Problems problems;
  EXPECT_EQ(with_dotenv(environment_of({{"A", "1"}}), folder.path(), problems)("A"), "1");
  EXPECT_TRUE(problems.empty());
}

TEST(WithDotenv, AFileThatOthersCanWriteIsRefusedOnce) {
  for (const unsigned mode : {0620U, 0602U, 0666U}) {
    const ScratchFolder folder;
    const fs::path file = folder.write(".env", "A=file\n", fs::perms{mode});
    Problems problems;
    const Environment all = with_dotenv(environment_of({}), folder.path(), problems);
    EXPECT_EQ(all("A"), std::nullopt);
    EXPECT_EQ(all("B"), std::nullopt);
    EXPECT_EQ(problems.render(), file.string() +
                                     ": error: this file is refused: others can write it; chmod "
                                     "go-w " +
                                     file.string() + "\n");
  }
}

TEST(WithDotenv, AFileThatOthersCanOnlyReadIsFine) {
  const ScratchFolder folder;
  folder.write(".env", "A=file\n", fs::perms{0644});
  Problems problems;
  EXPECT_EQ(with_dotenv(environment_of({}), folder.path(), problems)("A"), "file");
}

TEST(WithDotenv, AFileOfSomebodyElseIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const ScratchFolder folder;
  const fs::path file = folder.write(".env", "A=file\n");
  ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
  Problems problems;
  EXPECT_EQ(with_dotenv(environment_of({}), folder.path(), problems)("A"), std::nullopt);
  ASSERT_EQ(problems.all().size(), 1U);
  EXPECT_EQ(problems.all()[0].message, "this file is refused: it belongs to somebody else");
}

}  // namespace
}  // namespace weir::core::config
