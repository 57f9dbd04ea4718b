// SPDX-License-Identifier: Apache-2.0
// Nodes whose process crashes: restarted soon, and put into quarantine when it goes on.
#include <gmock/gmock.h>

#include "core/plugin/crash_window.hpp"
#include "trouble_testing.hpp"

namespace weir::core::runtime {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(CrashWindow, TheThirdWithinAMinuteIsTooMany) {
  CrashWindow crashes;
  EXPECT_FALSE(crashes.add(seconds{0}));
  EXPECT_FALSE(crashes.add(seconds{30}));
  EXPECT_TRUE(crashes.add(seconds{60}));
}

TEST(CrashWindow, OneEachHalfMinuteAndABitIsBorne) {
  CrashWindow crashes;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(crashes.add(milliseconds{30'001} * i)) << i;
}

TEST(CrashWindow, OnlyTheLastMinuteCounts) {
  CrashWindow crashes;
  EXPECT_FALSE(crashes.add(seconds{1}));
  EXPECT_FALSE(crashes.add(seconds{2}));
  EXPECT_FALSE(crashes.add(seconds{63}));
  EXPECT_FALSE(crashes.add(seconds{64}));
  EXPECT_TRUE(crashes.add(seconds{65}));
}

/// A sink beside a node that crashes each time it meets 4.
class Crashes : public Trouble {
 protected:
  void build(int times) {
    net.source("count", counting(20, 2));
    net.transform("shaky", {"count"}, [this, times](Fake& fake) {
      fake.on_process = [this, times](std::uint32_t, const Batch& batch, Emitter& out) {
        if (batch.column("value").integers()[0] == 4 && crashed++ < times)
          throw NodeCrashed("process of node 'shaky' ended by SIGSEGV in process()");
        out.emit(0, batch);
      };
    });
    net.sink("store", {"shaky"}, into(taken));
    net.sink("beside", {"count"}, into(besides));
  }
  int crashed = 0;
  Taken besides;
};

TEST_F(Crashes, TwoAreRestartsAndNothingIsLost) {
  build(2);
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  EXPECT_EQ(taken.values, count_up(0, 40));
  EXPECT_EQ(stats(result, "shaky").restarts, 2U);
}

TEST_F(Crashes, TheThirdIsQuarantineAndOtherBranchesGoOn) {
  build(1000);
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(crashed, 3);
  EXPECT_EQ(besides.values, count_up(0, 40));
  EXPECT_EQ(taken.values, count_up(0, 4));
  EXPECT_EQ(stats(result, "shaky").state, "quarantined");
  EXPECT_THAT(stats(result, "shaky").failure, HasSubstr("quarantined after 3 crashes"));
  EXPECT_THAT(log.lines, Contains(HasSubstr("shaky: quarantined after 3 crashes within a minute")));
  EXPECT_GE(dead_letters("shaky").size(), 2U) << "the batch that it crashed on, at least";
  const NodeStats& shaky = stats(result, "shaky");
  EXPECT_EQ(shaky.rows_in + shaky.rejected_rows + shaky.discarded_rows, 40U) << "all are told";
}

TEST_F(Crashes, ACrashAHalfMinuteComesBackWithinTwoSeconds) {
  // For ten minutes, so that a backoff that only grows would show.
  options.run_for = std::chrono::minutes{10};
  net.source("tick", ticking(seconds{1}));
  std::vector<Timestamp> crashes;
  std::vector<Duration> back;
  net.sink("store", {"tick"}, [&](Fake& fake) {
    fake.on_open = [&] {
      if (crashes.size() > back.size()) back.push_back(now(fake) - crashes.back());
    };
    fake.on_process = [&](std::uint32_t, const Batch&, Emitter&) {
      if (!crashes.empty() && now(fake) - crashes.back() < seconds{31}) return;
      crashes.push_back(now(fake));
      throw NodeCrashed("process of node 'store' ended by SIGSEGV in process()");
    };
  });
  const RunResult result = net.run(options);
  EXPECT_EQ(result.exit_code, 0) << all_reasons(result);
  EXPECT_GT(crashes.size(), 10U);
  for (const Duration each : back) EXPECT_LT(each, seconds{2});
}

}  // namespace
}  // namespace weir::core::runtime
