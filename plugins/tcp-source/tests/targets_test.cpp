// SPDX-License-Identifier: Apache-2.0
#include "targets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/error.hpp>

namespace weir::tcp_source {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Targets, AreHostsWithPorts) {
  const Targets read = read_targets({"example.net:443", "[2001:db8::1]:22", "192.0.2.1:80"}, "");
  ASSERT_EQ(read.targets.size(), 3U);
  EXPECT_EQ(read.targets[0].place.host, "example.net");
  EXPECT_EQ(read.targets[0].place.port, 443);
  EXPECT_EQ(read.targets[1].place.host, "2001:db8::1");
  EXPECT_EQ(read.targets[1].label, "[2001:db8::1]:22");
  EXPECT_EQ(read.targets[2].place.port, 80);
}

TEST(Targets, AreAskedOnce) {
  const Targets read = read_targets({"a.test:1", "a.test:2", "a.test:1"}, "");
  EXPECT_EQ(read.targets.size(), 2U);
  EXPECT_THAT(read.repeated, ElementsAre("a.test:1"));
}

TEST(Targets, WrongOnesAreNamedWithAReason) {
  for (const auto& [text, why] : {std::pair{"example.net", "has no port"},
                                  {"2001:db8::1", "no brackets"},
                                  {"2001:db8::1:443:x", "is not one host"},
                                  {"[2001:db8::1]", "has no port"},
                                  {"[2001:db8::1", "does not close"},
                                  {"[example.net]:1", "no IPv6 address"},
                                  {"a:0", "no port from 1 to 65535"},
                                  {"a:65536", "no port from 1 to 65535"},
                                  {"a:80x", "no port from 1 to 65535"},
                                  {":80", "has no host"},
                                  {"http://a:80", "is not one host"},
                                  {"a:80 count=3", "settings behind it"}}) {
    EXPECT_THAT([given = std::string(text)] { (void)read_targets({given}, ""); },
                ThrowsMessage<Error>(HasSubstr(why)))
        << text;
  }
  EXPECT_THAT([] { (void)read_targets({}, "no/such/file"); },
              ThrowsMessage<Error>(HasSubstr("no/such/file")));
}

}  // namespace
}  // namespace weir::tcp_source
