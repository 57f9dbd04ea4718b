// SPDX-License-Identifier: Apache-2.0
#include "urls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/error.hpp>

#include "expected_status.hpp"

namespace weir::http_source {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

TEST(Urls, AreShownWithoutWhatMayBeSecret) {
  const Targets read = read_urls({Url{"https://a.test/x?token=hush#part"}, Url{"http://a.test"},
                                  Url{"https://a.test/x?token=other"}, Url{"http://a.test"},
                                  Url{"HTTPS://[2001:db8::1]:8443/@"}});
  ASSERT_EQ(read.targets.size(), 4U);
  EXPECT_EQ(read.targets[0].label, "https://a.test/x");
  EXPECT_EQ(read.targets[0].url, "https://a.test/x?token=hush#part");
  EXPECT_EQ(read.targets[2].label, "https://a.test/x#2");
  EXPECT_EQ(read.targets[3].label, "HTTPS://[2001:db8::1]:8443/@");
  EXPECT_THAT(read.repeated, ElementsAre("http://a.test"));
}

TEST(Urls, WrongOnesAreRefusedWithoutShowingASecret) {
  for (const auto& [url, why] : {std::pair{"ftp://a.test/hush", "http:// or https://"},
                                 {"http://user:hush@a.test/", "set username and password"},
                                 {"http://hush\\@a.test/", "percent-encoded"},
                                 {"http://a.test/a hush", "percent-encoded"},
                                 {"http:///path?hush", "names no server"},
                                 {"http://:80/?hush", "names no server"}}) {
    const auto read = [given = Url{url}] { (void)read_urls({given}); };
    EXPECT_THAT(read, ThrowsMessage<Error>(HasSubstr(why))) << url;
    EXPECT_THAT(read, ThrowsMessage<Error>(Not(HasSubstr("hush")))) << url;
  }
}

TEST(ExpectedStatus, IsAStatusAClassOrARange) {
  const ExpectedStatus expected({"204", "3xx", "400-404"});
  for (const int status : {204, 300, 399, 400, 404}) EXPECT_TRUE(expected.holds(status)) << status;
  for (const int status : {0, 200, 203, 205, 299, 405, 500}) {
    EXPECT_FALSE(expected.holds(status)) << status;
  }
  for (const char* wrong :
       {"", "20", "2000", "6xx", "xx", "300-200", "200-", "-300", "ok", "099"}) {
    EXPECT_THAT([&] { ExpectedStatus({wrong}); },
                ThrowsMessage<Error>(HasSubstr("expect_status '" + std::string(wrong) + "'")))
        << wrong;
  }
}

}  // namespace
}  // namespace weir::http_source
