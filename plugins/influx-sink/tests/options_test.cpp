// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <gtest/gtest.h>

namespace weir::influx_sink {
namespace {

TEST(WriteUrl, OfVersionTwo) {
  Options given;
  given.url.text = "http://localhost:8086/";
  given.org = "my org";
  given.bucket = "a&b/c";
  given.token = Secret("s3cret");
  const influx::Endpoint endpoint = influx::endpoint_of(given);
  EXPECT_EQ(write_url(endpoint, given),
            "http://localhost:8086/api/v2/write?org=my%20org&bucket=a%26b%2Fc&precision=ns");
  EXPECT_EQ(shown_write_url(endpoint), "http://localhost:8086/api/v2/write");
}

TEST(WriteUrl, OfVersionOne) {
  Options given;
  given.url.text = "https://store.example:8086/influx";
  given.database = "qos";
  given.retention_policy = "week";
  EXPECT_EQ(write_url(influx::endpoint_of(given), given),
            "https://store.example:8086/influx/write?db=qos&rp=week&precision=ns");
}

}  // namespace
}  // namespace weir::influx_sink
