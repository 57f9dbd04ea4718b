// SPDX-License-Identifier: Apache-2.0
// Counters from one socket, names from another, and what happens between the two.
#include "netlink_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "fake_kernel.hpp"

namespace weir::netdev_source {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StrEq;

class NetlinkReaderTest : public ::testing::Test {
 protected:
  NetlinkReaderTest() {
    kernel.set({.index = 1, .name = "lo"});
    kernel.set({.index = 2, .name = "eth0"});
  }
  Reading read() {
    return reader.read([this] { return now += std::chrono::microseconds(1); });
  }
  static std::vector<std::string> names(const Reading& reading) {
    std::vector<std::string> all;
    for (const Present& present : reading.present) all.push_back(present.name);
    return all;
  }
  static std::vector<int> indices(const Reading& reading) {
    std::vector<int> all;
    for (const Measured& measured : reading.measured) all.push_back(measured.index);
    return all;
  }

  test::FakeKernel kernel;
  Nanos now{};
  NetlinkReader reader{
      {[this](std::uint32_t groups) { return kernel.open(groups); }, Machine("/no-such-root")},
      false};
};

TEST_F(NetlinkReaderTest, NamesAreAskedForOnceAndThenFollowed) {
  const Reading first = read();
  EXPECT_TRUE(first.changed);
  EXPECT_THAT(names(first), ElementsAre("lo", "eth0"));
  EXPECT_THAT(indices(first), ElementsAre(1, 2));
  EXPECT_FALSE(read().changed);
  kernel.set({.index = 9, .name = "tun0", .kind = "tun"});
  kernel.set({.index = 2, .name = "wan0"});
  const Reading second = read();
  EXPECT_TRUE(second.changed);
  EXPECT_THAT(names(second), ElementsAre("lo", "wan0", "tun0"));
  kernel.remove(9);
  EXPECT_THAT(names(read()), ElementsAre("lo", "wan0"));
  EXPECT_EQ(kernel.dumps_of_links, 1U);
  EXPECT_EQ(kernel.dumps_of_statistics, 4U);
}

TEST_F(NetlinkReaderTest, WhatHappensWhileTheCountersAreReadIsKnownAtOnce) {
  static_cast<void>(read());
  kernel.while_dumping = [this] {
    kernel.set({.index = 2, .name = "wan0"});
    kernel.set({.index = 7, .name = "late0"});
  };
  const Reading reading = read();
  EXPECT_THAT(names(reading), ElementsAre("lo", "wan0", "late0"));
  EXPECT_THAT(indices(reading), ElementsAre(1, 2));
}

TEST_F(NetlinkReaderTest, LostEventsAreMadeGoodByAnotherDump) {
  static_cast<void>(read());
  kernel.set({.index = 2, .name = "wan0"});
  kernel.remove(1, false);
  kernel.lose_events();
  const Reading reading = read();
  EXPECT_THAT(names(reading), ElementsAre("wan0"));
  EXPECT_THAT(reading.counts, Contains(Pair(StrEq("lost_events"), 1)));
  EXPECT_EQ(kernel.dumps_of_links, 2U);
  EXPECT_THAT(read().counts, IsEmpty());
}

TEST_F(NetlinkReaderTest, TheOldEventOfARenameDoesNotUndoTheDump) {
  static_cast<void>(read());
  kernel.lose_events();
  kernel.set({.index = 2, .name = "first0"});
  kernel.set({.index = 2, .name = "last0"});
  EXPECT_THAT(names(read()), ElementsAre("lo", "last0"));
  EXPECT_THAT(names(read()), ElementsAre("lo", "last0"));
}

TEST_F(NetlinkReaderTest, ABridgePortThatLeavesStays) {
  static_cast<void>(read());
  kernel.event(test::message(RTM_DELLINK,
                             test::link_payload({.index = 2, .name = "eth0", .family = AF_BRIDGE}),
                             {0, 0, 0}));
  EXPECT_THAT(names(read()), ElementsAre("lo", "eth0"));
}

TEST_F(NetlinkReaderTest, AnInterruptedDumpIsAskedAgainAndCounted) {
  static_cast<void>(read());
  kernel.interrupted_dumps = 2;
  const Reading reading = read();
  EXPECT_THAT(indices(reading), ElementsAre(1, 2));
  EXPECT_THAT(reading.counts, Contains(Pair(StrEq("interrupted_dumps"), 2)));
  kernel.dumps_with_lost_parts = 1;
  EXPECT_THAT(read().counts, Contains(Pair(StrEq("interrupted_dumps"), 1)));
}

TEST_F(NetlinkReaderTest, AFailureOpensTheSocketsAfreshAndLooksAgain) {
  static_cast<void>(read());
  kernel.failing_sends = 1;
  EXPECT_THROW(static_cast<void>(read()), std::runtime_error);
  kernel.set({.index = 2, .name = "wan0"}, false);  // nobody listened
  EXPECT_THAT(names(read()), ElementsAre("lo", "wan0"));
  EXPECT_EQ(kernel.opened, 4U);
}

TEST_F(NetlinkReaderTest, AnOldKernelIsAnErrorOfItsOwn) {
  kernel.without_statistics = true;
  EXPECT_THROW(static_cast<void>(read()), Unsupported);
}

TEST_F(NetlinkReaderTest, GarbageInTheEventsIsCounted) {
  static_cast<void>(read());
  kernel.event(test::Octets(9));
  const Reading reading = read();
  EXPECT_THAT(reading.counts, Contains(Pair(StrEq("rejected_messages"), 1)));
  EXPECT_THAT(names(reading), ElementsAre("lo", "eth0"));
}

}  // namespace
}  // namespace weir::netdev_source
