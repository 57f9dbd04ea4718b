// SPDX-License-Identifier: Apache-2.0
#include "endpoint.hpp"

#include <gtest/gtest.h>

#include <weir/error.hpp>

namespace weir::influx {
namespace {

ServerOptions options(const std::string& url) {
  ServerOptions options;
  options.url.text = url;
  return options;
}

TEST(Endpoint, VersionTwoWhereItsOptionsAreGiven) {
  ServerOptions given = options("http://localhost:8086/");
  given.org = "my org";
  given.bucket = "a&b/c";
  given.token = Secret("s3cret");
  const Endpoint endpoint = endpoint_of(given);
  EXPECT_EQ(endpoint.api, Api::v2);
  EXPECT_EQ(endpoint.base, "http://localhost:8086");
  EXPECT_EQ(endpoint.authorization, "Authorization: Token s3cret");
  EXPECT_TRUE(endpoint.loopback);
}

TEST(Endpoint, VersionOneOtherwise) {
  ServerOptions given = options("https://store.example:8086/influx");
  given.database = "qos";
  given.retention_policy = "week";
  const Endpoint endpoint = endpoint_of(given);
  EXPECT_EQ(endpoint.api, Api::v1);
  EXPECT_EQ(endpoint.base, "https://store.example:8086/influx");
  EXPECT_FALSE(endpoint.loopback);
  EXPECT_TRUE(endpoint.authorization.empty());
}

TEST(Endpoint, LoopbackIsOnlyLoopback) {
  ServerOptions given = options("http://[::1]:1");
  given.database = "d";
  EXPECT_TRUE(endpoint_of(given).loopback);
  given.url.text = "http://localhost.example";
  EXPECT_FALSE(endpoint_of(given).loopback);
}

TEST(Endpoint, RefusesWhatCannotBeMeant) {
  for (const char* url : {"ftp://host", "file:///etc/passwd", "http://", "http:///x",
                          "http://user:pass@host", "http://host?db=x", "http://host\r\nX: y"}) {
    ServerOptions given = options(url);
    given.database = "d";
    EXPECT_THROW((void)endpoint_of(given), Fatal) << url;
  }
  EXPECT_THROW((void)endpoint_of(options("http://host")), Fatal) << "v1 without a database";
  ServerOptions broken = options("http://host");
  broken.token = Secret("a\r\nX-Evil: 1");
  EXPECT_THROW((void)endpoint_of(broken), Fatal);
}

}  // namespace
}  // namespace weir::influx
