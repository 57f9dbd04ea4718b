// SPDX-License-Identifier: Apache-2.0
#include "message.hpp"

#include <gtest/gtest.h>

namespace weir::influx {
namespace {

TEST(Message, MessagesAreOneLine) {
  EXPECT_EQ(message_of("{\"error\" : \"a\\nb \\\"c\\\"\"}"), "a b \"c\"");
  EXPECT_EQ(message_of("plain\ntext\n"), "plain text");
  EXPECT_LE(message_of(std::string(10'000, 'x')).size(), 400U);
  EXPECT_EQ(message_of("{\"error\":"), "{\"error\":");
}

}  // namespace
}  // namespace weir::influx
