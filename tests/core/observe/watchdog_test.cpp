// SPDX-License-Identifier: Apache-2.0
#include "core/observe/watchdog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observe_testing.hpp"

namespace weir::core::observe {
namespace {

using ::testing::HasSubstr;

/// One node whose call began at second 10.
class WatchdogTest : public ::testing::Test {
 protected:
  std::vector<Notice> look(int second) {
    snapshot_.now = seconds{second};
    snapshot_.nodes = {node_};
    return watchdog_.look(snapshot_, beats_);
  }
  void SetUp() override {
    node_.name = "ping";
    node_.call = "process";
    node_.call_since = seconds{10};
  }
  Watchdog watchdog_{seconds{30}};
  runtime::Snapshot snapshot_;
  runtime::NodeStats node_;
  std::map<std::string, std::uint64_t> beats_;
};

TEST_F(WatchdogTest, NamesTheNodeAndItsCallOnceAndAtDoublingTimes) {
  EXPECT_TRUE(look(11).empty());
  EXPECT_TRUE(look(39).empty());
  const auto found = look(40);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].level, Level::warning);
  EXPECT_EQ(found[0].node, "ping");
  EXPECT_THAT(found[0].text, HasSubstr("process() has not returned for 30 s"));
  int lines = 0;
  for (int second = 41; second <= 10 + 300; ++second)
    lines += static_cast<int>(look(second).size());
  EXPECT_EQ(lines, 3);  // at 60, 120 and 240 s
  ASSERT_EQ(watchdog_.hangs().size(), 1U);
  EXPECT_EQ(watchdog_.hangs()[0].quiet, seconds{300});
}

TEST_F(WatchdogTest, LooksThatComeLateSkipLines) {
  (void)look(11);
  EXPECT_EQ(look(10 + 500).size(), 1U);
  EXPECT_TRUE(look(10 + 501).empty());
}

TEST_F(WatchdogTest, SaysThatACallHasReturned) {
  (void)look(50);
  node_.call = "";
  const auto back = look(51);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0].level, Level::info);
  EXPECT_THAT(back[0].text, HasSubstr("process() has returned after 41 s"));
  EXPECT_TRUE(watchdog_.hangs().empty());
  EXPECT_TRUE(look(52).empty());
}

TEST_F(WatchdogTest, TheNextCallOfTheSameKindIsAnotherCall) {
  (void)look(50);
  node_.call_since = seconds{50};
  EXPECT_EQ(look(51).size(), 1U);
  EXPECT_TRUE(look(79).empty());
  EXPECT_EQ(look(80).size(), 1U);
}

TEST_F(WatchdogTest, ANodeThatLogsCountsOrLearnsDoesNotHang) {
  for (int second = 11; second < 200; ++second) {
    if (second % 20 == 0) (second % 40 == 0 ? node_.signs_of_life : beats_["ping"]) += 1;
    EXPECT_TRUE(look(second).empty()) << second;
  }
  // From the last sign on, the time runs.
  EXPECT_TRUE(look(180 + 29).empty());
  EXPECT_EQ(look(180 + 30).size(), 1U);
  node_.signs_of_life += 1;
  const auto alive = look(215);
  ASSERT_EQ(alive.size(), 1U);
  EXPECT_THAT(alive[0].text, HasSubstr("shows signs of life again after 35 s"));
}

TEST_F(WatchdogTest, AWaitThatTheNodeAskedForIsNoHang) {
  node_.waits = true;
  for (int second = 11; second < 500; second += 7) EXPECT_TRUE(look(second).empty());
  node_.waits = false;
  EXPECT_TRUE(look(510).empty());
  EXPECT_EQ(look(550).size(), 1U);
}

TEST_F(WatchdogTest, OffFindsNothing) {
  watchdog_ = Watchdog(Duration{0});
  EXPECT_TRUE(look(100000).empty());
  EXPECT_TRUE(watchdog_.hangs().empty());
}

TEST(Spoken, IsForPeople) {
  EXPECT_EQ(spoken(seconds{45}), "45 s");
  EXPECT_EQ(spoken(seconds{200}), "3 min");
  EXPECT_EQ(spoken(seconds{7500}), "2 h 5 min");
  EXPECT_EQ(spoken(std::chrono::hours{50}), "2 d 2 h");
}

}  // namespace
}  // namespace weir::core::observe
