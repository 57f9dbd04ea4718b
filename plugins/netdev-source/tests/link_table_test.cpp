// SPDX-License-Identifier: Apache-2.0
#include "link_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::netdev_source {
namespace {

using ::testing::ElementsAre;

class LinkTableTest : public ::testing::Test {
 protected:
  std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const Present& present : table.present()) all.push_back(present.name);
    return all;
  }
  LinkTable table;
};

TEST_F(LinkTableTest, ComeGoAndAreRenamed) {
  table.see({.index = 3, .name = "eth0"});
  table.see({.index = 1, .name = "lo", .loopback = true});
  EXPECT_THAT(names(), ElementsAre("lo", "eth0"));
  EXPECT_TRUE(table.take_changed());
  EXPECT_FALSE(table.take_changed());
  const auto birth = table.present()[1].birth;
  table.see({.index = 3, .name = "wan0"});
  EXPECT_TRUE(table.take_changed());
  EXPECT_THAT(names(), ElementsAre("lo", "wan0"));
  EXPECT_EQ(table.present()[1].birth, birth) << "the same interface";
  table.see({.index = 3, .name = "wan0"});
  EXPECT_FALSE(table.take_changed()) << "up or down is no change of who is there";
  table.remove(3);
  table.see({.index = 3, .name = "wan0"});
  EXPECT_NE(table.present()[1].birth, birth) << "another one with the old number";
  table.remove(99);
  EXPECT_THAT(names(), ElementsAre("lo", "wan0"));
}

TEST_F(LinkTableTest, AWholeDumpTellsWhoIsGoneAnInterruptedOneDoesNot) {
  table.see({.index = 1, .name = "a"});
  table.see({.index = 2, .name = "b"});
  table.begin();
  table.see({.index = 2, .name = "b"});
  table.end(false);
  EXPECT_THAT(names(), ElementsAre("a", "b"));
  table.begin();
  table.see({.index = 2, .name = "b"});
  table.begin();  // it begins again
  table.see({.index = 1, .name = "a"});
  table.end(true);
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_F(LinkTableTest, WiresAndWhatLiesOnThem) {
  table.see({.index = 1, .name = "lo", .loopback = true});
  table.see({.index = 2, .name = "eth0"});
  table.see({.index = 3, .name = "eth0.5", .kind = "vlan", .lower = 2});
  table.see({.index = 4, .name = "bond0", .kind = "bond"});
  table.see({.index = 5, .name = "veth0", .kind = "veth", .lower = 2});
  table.see({.index = 6, .name = "br0", .kind = "bridge"});
  table.see({.index = 7, .name = "a", .kind = "vlan", .lower = 8});
  table.see({.index = 8, .name = "b", .kind = "vlan", .lower = 7});
  table.see({.index = 9, .name = "usb0", .kind = "odd", .has_device = true});
  EXPECT_TRUE(table.has_wire(2));
  EXPECT_TRUE(table.has_wire(3));
  EXPECT_TRUE(table.has_wire(9));
  EXPECT_FALSE(table.has_wire(4)) << "a bond of nothing";
  table.see({.index = 2, .name = "eth0", .master = 4});
  EXPECT_TRUE(table.has_wire(4));
  for (const int virtual_one : {1, 5, 6, 99}) EXPECT_FALSE(table.has_wire(virtual_one));
  EXPECT_FALSE(table.has_wire(7)) << "a circle ends";
}

TEST_F(LinkTableTest, ASpeedIsForgottenWithTheNextEvent) {
  table.see({.index = 2, .name = "eth0"});
  table.see({.index = 3, .name = "eth0.5", .kind = "vlan", .lower = 2});
  table.see({.index = 4, .name = "eth1"});
  for (const int index : {2, 3, 4}) *table.link(index) = Link{.speed_mbps = 1000};
  table.see({.index = 2, .name = "eth0"});
  EXPECT_FALSE(table.link(2)->has_value());
  EXPECT_FALSE(table.link(3)->has_value()) << "it lies on another";
  EXPECT_TRUE(table.link(4)->has_value());
  EXPECT_EQ(table.link(99), nullptr);
}

}  // namespace
}  // namespace weir::netdev_source
