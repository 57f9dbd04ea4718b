// SPDX-License-Identifier: Apache-2.0
#include "answer.hpp"

#include <gtest/gtest.h>

#include "known_names.hpp"

namespace weir::dns_source {
namespace {

using testing::Bytes;

Bytes question(const std::string& label, std::uint8_t type) {
  Bytes bytes{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  bytes.push_back(static_cast<std::uint8_t>(label.size()));
  bytes.insert(bytes.end(), label.begin(), label.end());
  for (const int byte : {4, int{'t'}, int{'e'}, int{'s'}, int{'t'}, 0, 0, int{type}, 0, 1})
    bytes.push_back(static_cast<std::uint8_t>(byte));
  return bytes;
}

Bytes answer_to(const Bytes& asked) {
  return testing::answer(probing::testing::read_question(asked).value());
}

TEST(Answer, CountsRecordsOfTheTypeAndTakesTheSmallestTimeToLive) {
  const Bytes bytes = answer_to(question("works", 1));
  const auto a = read_answer(bytes, Record::a);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->rcode, 0);
  EXPECT_EQ(a->answers, 2) << "the alias is none of them";
  EXPECT_EQ(a->ttl_s, 60) << "the alias ends first";
  const auto other = read_answer(bytes, Record::txt);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->answers, 0);
}

TEST(Answer, AnErrorHasItsName) {
  const auto unknown = read_answer(answer_to(question("nowhere", 1)), Record::a);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(rcode_text(unknown->rcode), "NXDOMAIN");
  EXPECT_FALSE(unknown->ttl_s);
  EXPECT_EQ(rcode_text(2), "SERVFAIL");
  EXPECT_EQ(rcode_text(5), "REFUSED");
  EXPECT_EQ(rcode_text(11), "RCODE11");
}

TEST(Answer, WhatIsCutShortIsNone) {
  const Bytes bytes = answer_to(question("works", 1));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of just this size, so that a sanitizer sees a read behind it.
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(read_answer(cut, Record::a)) << size;
  }
}

TEST(Answer, ANameOfAForbiddenFormIsNone) {
  Bytes bytes = answer_to(question("works", 1));
  bytes[12] = 0x80;  // RFC 1035 keeps 10 and 01 for later
  EXPECT_FALSE(read_answer(bytes, Record::a));
}

TEST(Answer, ATimeToLiveWithItsHighestBitSetIsNothing) {
  Bytes bytes = answer_to(question("works", 15));
  const std::size_t ttl = question("works", 15).size() + 6;
  bytes[ttl] = 0xff;
  const auto read = read_answer(bytes, Record::mx);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->ttl_s, 0);
}

}  // namespace
}  // namespace weir::dns_source
