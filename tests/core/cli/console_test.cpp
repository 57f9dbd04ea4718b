// SPDX-License-Identifier: Apache-2.0
#include "core/cli/console.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::core::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

TEST(Progress, ShowsLossBestAndTimeLeft) {
  EXPECT_EQ(
      progress_line("lstm", 6, {40, 100, 0.1, 0.25, 0.2}, 8),
      "lstm   [########............]  40/100  loss 0.1  best 0.2  < 13 s left  validation 0.25");
  EXPECT_THAT(progress_line("lstm", 4, {1, 100, 0.1, unknown, 0.1}, 3),
              HasSubstr("  1/100  loss 0.1  best 0.1  < 5 min left"));
  EXPECT_THAT(progress_line("lstm", 4, {0, 0, 0.1, unknown, 0.1}, 3),
              HasSubstr("[....................] 0/0  loss 0.1"));
}

/// Standard error of a test is a file or a pipe while it is captured.
class Plain : public ::testing::Test {
 protected:
  Plain() { ::testing::internal::CaptureStderr(); }
  static std::string written() { return ::testing::internal::GetCapturedStderr(); }
};

TEST_F(Plain, EachModelHasItsFirstAndLastEpoch) {
  Console console(LogFormat::text, false);
  for (std::uint64_t epoch = 1; epoch <= 9; ++epoch) {
    console.epoch("a", {epoch, 9, 1, 2, 2});
    console.epoch("b", {epoch, 20, 1, 2, 2});
  }
  console.learned("b");
  const std::string text = written();
  EXPECT_THAT(text, HasSubstr("a: epoch 1 of at most 9  loss 1  validation 2  best 2\n"));
  EXPECT_THAT(text, HasSubstr("b: epoch 1 of at most 20"));
  EXPECT_THAT(text, HasSubstr("a: epoch 9 of at most 9"));
  EXPECT_THAT(text, HasSubstr("b: learned in 9 epochs  loss 1  validation 2  best 2\n"));
  EXPECT_THAT(text, Not(HasSubstr("\033[K")));
}

TEST_F(Plain, AFitAnewBeginsAnew) {
  Console console(LogFormat::text, false);
  console.epoch("a", {1, 9, 1, 2, 2});
  console.epoch("a", {7, 9, 1, 2, 2});
  console.epoch("a", {1, 5, 3, 2, 2});
  EXPECT_THAT(written(), HasSubstr("a: epoch 1 of at most 5  loss 3"));
}

TEST_F(Plain, AModelThatLearnsAtAStrokeHasNoProgress) {
  Console console(LogFormat::text, false);
  console.epoch("naive", {1, 1, 0, 0, 0});
  console.learned("naive");
  EXPECT_EQ(written(), "");
}

TEST_F(Plain, JsonLinesForMachines) {
  Console console(LogFormat::json, false);
  console.epoch("a", {1, 9, 1, 2, 2});
  EXPECT_THAT(written(), HasSubstr(R"("level":"info","node":"a","message":"epoch 1 of at most 9)"));
}

}  // namespace
}  // namespace weir::core::cli
