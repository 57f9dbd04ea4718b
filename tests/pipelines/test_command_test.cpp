// SPDX-License-Identifier: Apache-2.0
// `weir test` as its users meet it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"

namespace weir::test {
namespace {

class TestCommand : public ::testing::Test {
 protected:
  TestCommand() {
    std::filesystem::create_directory(folder_ / "pipelines");
    write_text(folder_ / "pipelines/p.ini",
               "[in]\nplugin = file-source\npath = not-there.csv\n"
               "[grid]\nplugin = aligner\ninputs = in\nstep = 10s\n"
               "[out]\nplugin = file-sink\ninputs = grid\npath = out.csv\n");
  }
  void tests(const std::string& expected) {
    write_text(folder_ / "pipelines/p.test.yaml",
               "tests:\n"
               "  - name: one row\n"
               "    given: {in: {rows: [{time: 0s, v: 1}, {time: 5s, v: 3}]}}\n"
               "    expect: {out: {rows: [{time: 0s, in.v: " +
                   expected + "}]}}\n");
  }
  ProgramResult run(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), "test");
    return run_weir({.arguments = std::move(arguments), .folder = folder_.path()});
  }
  TemporaryFolder folder_;
};

TEST_F(TestCommand, WithoutAWordAllOfPipelinesAreTestedAndNothingIsWritten) {
  tests("2");
  const ProgramResult result = run();
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_NE(result.out.find("PASS p.ini: one row ("), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("1 passed, 0 failed"), std::string::npos) << result.out;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.csv"));
}

TEST_F(TestCommand, ADifferenceIsShownWithItsPlaceAndFails) {
  tests("7");
  const ProgramResult result = run({"p"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_NE(result.out.find("pipelines/p.test.yaml:4:27: out: 1 of 1 rows differ"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("1    in.v    7         2"), std::string::npos) << result.out;
}

TEST_F(TestCommand, JsonIsAnObjectATest) {
  tests("7");
  const ProgramResult result = run({"p", "--log-format", "json"});
  const auto object = nlohmann::json::parse(result.out);
  EXPECT_EQ(object.at("result"), "fail");
  EXPECT_EQ(object.at("test"), "one row");
  EXPECT_EQ(object.at("differences").at(0).at("line"), 4);
}

TEST_F(TestCommand, WhatCannotBeRunIsAUsageError) {
  EXPECT_EQ(run().exit_code, 2);  // no test file yet
  tests("2");
  EXPECT_EQ(run({"--filter", "nothing"}).exit_code, 2);
  EXPECT_EQ(run({"p", "--log-format", "xml"}).exit_code, 2);
  EXPECT_EQ(run({"nobody"}).exit_code, 2);
  write_text(folder_ / "pipelines/p.test.yaml",
             "tests: [{name: a, set: {grid.stp: 1s}, expect: {grid: {count: 0}}}]\n");
  const ProgramResult result = run();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("p.test.yaml:1:25: error: aligner has no option 'stp'"),
            std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("did you mean 'step'?"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace weir::test
