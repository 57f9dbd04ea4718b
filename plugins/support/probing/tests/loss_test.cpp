// SPDX-License-Identifier: Apache-2.0
#include "loss.hpp"

#include <gtest/gtest.h>

namespace weir::probing {
namespace {

TEST(LossTallyTest, PercentOfWhatWasSent) {
  EXPECT_EQ(LossTally{}.loss_percent(), 100);
  EXPECT_DOUBLE_EQ((LossTally{.sent = 8, .received = 6}).loss_percent(), 25);
  EXPECT_EQ((LossTally{.sent = 8, .received = 6}).lost(), 2);
}

TEST(LossRunTest, RunsAreCountedWhereTheyTouch) {
  LossRun run;
  LossTally first, second, third;
  run.lost(first);
  run.lost(first);
  run.received();
  run.lost(first);
  run.lost(second);  // goes on
  run.lost(second);
  run.received();
  EXPECT_EQ(first.bursts, 2);
  EXPECT_EQ(first.longest_burst, 2);
  EXPECT_EQ(second.bursts, 1);
  EXPECT_EQ(second.longest_burst, 3);
  EXPECT_EQ(third.bursts, 0);
}

TEST(CountUp, StaysAtTheLargest) {
  std::uint16_t count = 65'534;
  for (int i = 0; i < 5; ++i) count_up(count);
  EXPECT_EQ(count, 65'535);
}

TEST(LossColumnsTest, OneColumnACount) {
  BatchBuilder builder("probe");
  const LossColumns columns(builder);
  auto row = builder.row(0);
  columns.set(row, {.sent = 9,
                    .received = 4,
                    .send_failed = 1,
                    .late = 2,
                    .duplicates = 3,
                    .reordered = 6,
                    .bursts = 7,
                    .longest_burst = 8});
  const Batch batch = builder.build();
  const auto value = [&](const char* name) { return batch.column(name).integers()[0]; };
  EXPECT_EQ(value("lost"), 5);
  EXPECT_EQ(value("late"), 2);
  EXPECT_EQ(value("duplicates"), 3);
  EXPECT_EQ(value("reordered"), 6);
  EXPECT_EQ(value("send_failed"), 1);
  EXPECT_EQ(value("loss_bursts"), 7);
  EXPECT_EQ(value("longest_loss_burst"), 8);
}

}  // namespace
}  // namespace weir::probing
