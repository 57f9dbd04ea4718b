// SPDX-License-Identifier: Apache-2.0
#include "endpoint.hpp"

#include <gtest/gtest.h>

#include <weir/error.hpp>

namespace weir::influx_sink {
namespace {

Options options(const std::string& url) {
  Options options;
  options.url.text = url;
  return options;
}

TEST(Endpoint, VersionTwoWhereItsOptionsAreGiven) {
  Options given = options("http://localhost:8086/");
  given.org = "my org";
  given.bucket = "a&b/c";
  given.token = Secret("s3cret");
  const Endpoint endpoint = endpoint_of(given);
  EXPECT_EQ(endpoint.api, Api::v2);
  EXPECT_EQ(endpoint.url,
            "http://localhost:8086/api/v2/write?org=my%20org&bucket=a%26b%2Fc&precision=ns");
  EXPECT_EQ(endpoint.authorization, "Authorization: Token s3cret");
  EXPECT_EQ(endpoint.shown, "http://localhost:8086/api/v2/write");
  EXPECT_TRUE(endpoint.loopback);
}

TEST(Endpoint, VersionOneOtherwise) {
  Options given = options("https://store.example:8086/influx");
  given.database = "qos";
  given.retention_policy = "week";
  const Endpoint endpoint = endpoint_of(given);
  EXPECT_EQ(endpoint.url, "https://store.example:8086/influx/write?db=qos&rp=week&precision=ns");
  EXPECT_FALSE(endpoint.loopback);
  EXPECT_TRUE(endpoint.authorization.empty());
}

TEST(Endpoint, LoopbackIsOnlyLoopback) {
  Options given = options("http://[::1]:1");
  given.database = "d";
  EXPECT_TRUE(endpoint_of(given).loopback);
  given.url.text = "http://localhost.example";
  EXPECT_FALSE(endpoint_of(given).loopback);
}

TEST(Endpoint, RefusesWhatCannotBeMeant) {
  for (const char* url : {"ftp://host", "file:///etc/passwd", "http://", "http:///x",
                          "http://user:pass@host", "http://host?db=x", "http://host\r\nX: y"}) {
    Options given = options(url);
    given.database = "d";
    EXPECT_THROW((void)endpoint_of(given), Fatal) << url;
  }
  EXPECT_THROW((void)endpoint_of(options("http://host")), Fatal) << "v1 without a database";
  Options broken = options("http://host");
  broken.token = Secret("a\r\nX-Evil: 1");
  EXPECT_THROW((void)endpoint_of(broken), Fatal);
}

}  // namespace
}  // namespace weir::influx_sink
