// SPDX-License-Identifier: Apache-2.0
// What a run remembers, as its users meet it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/database.hpp"
#include "tests/support/program.hpp"

namespace weir::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StateTest : public ::testing::Test {
 protected:
  StateTest() {
    write_text(folder_ / "p.yaml",
               "nodes:\n"
               "  rows:  {plugin: file-source, path: rows.csv, time_format: s, resume: true}\n"
               "  grid:  {plugin: aligner, inputs: [rows], step: 10s, aggregate: sum}\n"
               "  store: {plugin: sqlite-sink, inputs: [grid], path: p.db}\n");
    write_rows(0, 25);
  }
  void write_rows(int first, int last) {
    text_ += first == 0 ? "time,v\n" : "";
    for (int i = first; i < last; ++i) text_ += std::to_string(1'700'000'000 + i) + ",1\n";
    write_text(folder_ / "rows.csv", text_);
  }
  [[nodiscard]] ProgramResult run() const {
    return run_weir({.arguments = {"run", "p.yaml", "--state", "state"}, .folder = folder_.path()});
  }
  [[nodiscard]] double sum() const {
    return number(folder_ / "p.db", "SELECT sum(\"rows.v\") FROM grid");
  }

  TemporaryFolder folder_;
  std::string text_;
};

TEST_F(StateTest, AFileThatHasGrownGoesOnAndAnOpenStepIsMadeWhole) {
  ASSERT_EQ(run().exit_code, 0);
  EXPECT_EQ(sum(), 25);
  write_rows(25, 40);
  const ProgramResult second = run();
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("goes on at line 27 of rows.csv"));
  EXPECT_EQ(sum(), 40) << "the third step was stored with five rows, then with ten";
}

TEST_F(StateTest, ADamagedFileIsToldAndAllBeginsAnew) {
  ASSERT_EQ(run().exit_code, 0);
  const auto state = folder_ / "state/nodes/p/rows.state";
  write_text(state, read_text(state).substr(0, 30));
  const ProgramResult second = run();
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("is damaged"));
  EXPECT_THAT(second.err, HasSubstr("set aside as"));
  EXPECT_THAT(second.err, Not(HasSubstr("goes on")));
  EXPECT_EQ(sum(), 25);
  EXPECT_TRUE(std::filesystem::exists(state)) << "a new one";
}

TEST_F(StateTest, ADamagedGridBehindAResumedSourceIsTold) {
  ASSERT_EQ(run().exit_code, 0);
  write_text(folder_ / "state/nodes/p/grid.state", "WEIRSTAT");
  const ProgramResult second = run();
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("grid.state: is damaged"));
}

}  // namespace
}  // namespace weir::test
