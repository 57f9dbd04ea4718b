// SPDX-License-Identifier: Apache-2.0
#include "core/http/rules.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "weir/error.hpp"

namespace weir::core::http {
namespace {

TEST(Address, IsAnIpAddressWithAPort) {
  EXPECT_EQ(to_text(parse_address("127.0.0.1:9108")), "127.0.0.1:9108");
  EXPECT_EQ(to_text(parse_address("[::1]:80")), "[::1]:80");
  EXPECT_EQ(to_text(parse_address("localhost:1")), "127.0.0.1:1");
  for (const char* wrong : {"", "9108", ":9108", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                            "127.0.0.1:9108x", "example.org:80", "[::1]", "::1:80", "1.2.3:80",
                            "[::1:80", "[x]:80", "127.0.0.1:-1", "[127.0.0.1]:80"}) {
    EXPECT_THROW((void)parse_address(wrong), Error) << wrong;
  }
}

TEST(Address, KnowsLoopback) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1"})
    EXPECT_TRUE((Address{host, 1}.loopback()));
  for (const char* host : {"0.0.0.0", "10.0.0.1", "::", "fe80::1", "localhost.example"}) {
    EXPECT_FALSE((Address{host, 1}.loopback())) << host;
  }
}

TEST(Host, OnLoopbackOnlyItsOwnNamesWithThePort) {
  const Address here{"127.0.0.1", 9108};
  for (const char* host : {"127.0.0.1:9108", "localhost:9108", "LocalHost:9108", "[::1]:9108"}) {
    EXPECT_TRUE(host_is_meant(host, here)) << host;
  }
  for (const char* host :
       {"evil.example:9108", "127.0.0.1", "localhost", "127.0.0.1:9109", "127.0.0.1:9108.evil",
        "localhost.evil.example:9108", "10.0.0.1:9108", "127.0.0.1 :9108", "a@127.0.0.1:9108", "",
        "127.0.0.1:9108,evil", "[::1:9108", "127.0.0.1:09108x", "0.0.0.0:9108"}) {
    EXPECT_FALSE(host_is_meant(host, here)) << host;
  }
  EXPECT_TRUE(host_is_meant("localhost", {"127.0.0.1", 80}));
}

TEST(Host, ElsewhereMustBeWellFormed) {
  const Address there{"0.0.0.0", 9108};
  EXPECT_TRUE(host_is_meant("router.lan:9108", there));
  EXPECT_FALSE(host_is_meant("router lan", there));
  EXPECT_FALSE(host_is_meant(std::string(300, 'a'), there));
}

TEST(Secret, IsComparedAsAWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("ab", "abc"));
  EXPECT_FALSE(same_secret("abcd", "abc"));
  EXPECT_FALSE(same_secret("", "abc"));
  EXPECT_FALSE(same_secret("abd", "abc"));
  EXPECT_FALSE(same_secret("abcabc", "abc"));
}

TEST(Path, EndsAtTheQuery) {
  EXPECT_EQ(path_of("/metrics?a=/b"), "/metrics");
  EXPECT_EQ(path_of("/"), "/");
  for (const char* wrong :
       {"", "*", "http://127.0.0.1/metrics", "metrics", "/a b", "/\x7f", "/\xff"}) {
    EXPECT_EQ(path_of(wrong), std::nullopt) << wrong;
  }
}

class AnswerTest : public ::testing::Test {
 protected:
  unsigned status() const { return answer(head_, rules_).status; }
  Head head_{"GET", "/metrics", {"127.0.0.1:9108"}, ""};
  int asked_ = 0;
  Rules rules_{{"127.0.0.1", 9108},
               "",
               {{"/metrics",
                 [this] {
                   ++asked_;
                   return Response{};
                 }},
                {"/broken", []() -> Response { throw std::runtime_error("no"); }}}};
};

TEST_F(AnswerTest, KnowsItsRoutes) {
  EXPECT_EQ(status(), 200U);
  head_.target = "/metric";
  EXPECT_EQ(status(), 404U);
  head_.target = "/metrics/";
  EXPECT_EQ(status(), 404U);
  head_.target = "/metrics/../metrics";
  EXPECT_EQ(status(), 404U);
  head_.target = "/broken";
  EXPECT_EQ(status(), 500U);
  EXPECT_EQ(asked_, 1);
}

TEST_F(AnswerTest, TakesGetAndHeadAlone) {
  head_.method = "HEAD";
  EXPECT_EQ(status(), 200U);
  for (const char* method : {"POST", "PUT", "get", "OPTIONS", ""}) {
    head_.method = method;
    EXPECT_EQ(status(), 405U) << method;
  }
}

TEST_F(AnswerTest, WantsExactlyOneHost) {
  for (const std::vector<std::string>& hosts :
       {std::vector<std::string>{}, {"evil.example"}, {"127.0.0.1:9108", "127.0.0.1:9108"}}) {
    head_.hosts = hosts;
    EXPECT_EQ(status(), 400U);
  }
  EXPECT_EQ(asked_, 0);
}

TEST_F(AnswerTest, WantsTheTokenBeforeItSaysWhatThereIs) {
  rules_.token = "0123456789abcdef";
  for (const char* given : {"", "Bearer ", "Bearer 0123456789abcdeF", "Basic 0123456789abcdef",
                            "0123456789abcdef", "Bearer  0123456789abcdef"}) {
    head_.authorization = given;
    EXPECT_EQ(status(), 401U) << given;
  }
  head_.target = "/nothing";
  EXPECT_EQ(status(), 401U);
  EXPECT_EQ(asked_, 0);
  head_.target = "/metrics";
  head_.authorization = "Bearer 0123456789abcdef";
  EXPECT_EQ(status(), 200U);
}

}  // namespace
}  // namespace weir::core::http
