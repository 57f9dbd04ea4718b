// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/pipelinetest/compare.hpp"

namespace weir::core::pipelinetest {
namespace {

constexpr std::int64_t second = 1'000'000'000;

/// Two rows: (0 s, eth0, 1.5, 7) and (1 s, eth1, null, 8).
Batch two_rows() {
  BatchBuilder rows("netdev");
  const auto tag = rows.tag("interface");
  const auto rate = rows.field<double>("rate");
  const auto count = rows.field<std::int64_t>("count");
  rows.row(0).set(tag, "eth0").set(rate, 1.5).set(count, std::int64_t{7});
  rows.row(second).set(tag, "eth1").set(count, std::int64_t{8});
  return rows.build();
}

/// What differs when `rows` (YAML) is expected with these other keys.
std::string differences(const std::string& keys) {
  config::Problems problems;
  const auto tests = read_test_file(
      "t.yaml", "tests: [{name: a, start: 1970-01-01, expect: {n: {" + keys + "}}}]\n", problems);
  EXPECT_FALSE(problems.has_errors()) << problems.render();
  std::string text;
  for (const Difference& one : compare(tests.front().expected.front(), {two_rows()}, Timestamp{})) {
    text += one.headline + "\n" + one.table;
  }
  return text;
}

const std::string first = "{time: 0s, interface: eth0, rate: 1.5, count: 7}";
const std::string second_row = "{time: 1s, rate: null}";

TEST(Compare, PassesWhatIsAsExpected) {
  EXPECT_EQ(differences("rows: [" + first + ", " + second_row + "], count: 2"), "");
  EXPECT_EQ(differences("rows: [" + second_row + ", " + first + "], order: any"), "");
  EXPECT_EQ(differences("contains: [" + second_row + "], at_least: 2"), "");
  EXPECT_EQ(differences("rows: [{rate: 1.6}, {count: 8}], tolerance: 0.1"), "");
  EXPECT_EQ(differences("count: 0, measurement: other"), "");
}

TEST(Compare, SaysWhichColumnOfWhichRowDiffers) {
  EXPECT_EQ(differences("rows: [{rate: 1.6}, {count: 9, interface: eth1}]"),
            "n: 2 of 2 rows differ\n"
            "row  column  expected  got\n"
            "1    rate    1.6       1.5\n"
            "2    count   9         8\n");
}

TEST(Compare, NullIsNoNumberAndTextIsNoNumber) {
  EXPECT_NE(differences("rows: [{rate: null}, {}]"), "");
  EXPECT_NE(differences("rows: [{}, {rate: 0}]"), "");
  EXPECT_NE(differences("rows: [{rate: \"1.5\"}, {}]"), "");
  EXPECT_NE(differences("rows: [{count: true}, {}]"), "");
}

TEST(Compare, NamesMissingAndUnexpectedRows) {
  EXPECT_NE(differences("rows: [" + first + "]").find("(no row)"), std::string::npos);
  EXPECT_NE(differences("rows: [{}, {}, {count: 3}]").find("(no row)"), std::string::npos);
  EXPECT_NE(differences("rows: [{count: 3}, {count: 8}], order: any")
                .find("1 expected rows are missing, 1 others came"),
            std::string::npos);
  EXPECT_NE(differences("contains: [" + second_row + ", " + first + "]").find("(not found)"),
            std::string::npos);
  EXPECT_NE(differences("count: 3"), "");
  EXPECT_NE(differences("at_least: 3"), "");
}

TEST(Compare, ExactNamesColumnsThatNoRowNames) {
  EXPECT_EQ(differences("rows: [{rate: 1.5}, {}], exact: true"),
            "n: columns came that no row names: count, interface\n");
}

TEST(Compare, AMisspeltColumnIsNotTakenForANull) {
  EXPECT_NE(differences("rows: [{rat: 1.5}, {}]").find("did you mean 'rate'?"), std::string::npos);
}

}  // namespace
}  // namespace weir::core::pipelinetest
