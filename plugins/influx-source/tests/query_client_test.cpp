// SPDX-License-Identifier: Apache-2.0
#include "query_client.hpp"

#include <gtest/gtest.h>

namespace weir::influx_source {
namespace {

using influx::Api;

influx::HttpAnswer answer(int status, std::string body = {}) {
  influx::HttpAnswer made;
  made.status = status;
  made.body = std::move(body);
  return made;
}

TEST(QueryAnswer, WhatTheStatusMeans) {
  EXPECT_NO_THROW(check(answer(200), Api::v2, "u"));
  influx::HttpAnswer cut = answer(200);
  cut.cut = true;
  EXPECT_THROW(check(cut, Api::v2, "u"), TooLong);
  for (const int status : {301, 307, 400, 401, 403, 404, 405, 413})
    EXPECT_THROW(check(answer(status), Api::v2, "u"), Fatal) << status;
  for (const int status : {0, 408, 429, 500, 502, 503, 504})
    EXPECT_THROW(check(answer(status), Api::v1, "u"), RetryLater) << status;
}

TEST(QueryAnswer, AMissingBucketIsNotThereYetAMissingOrganisationIsAnError) {
  EXPECT_THROW(check(answer(404, R"({"code":"not found","message":"failed to initialize execute )"
                                 R"(state: could not find bucket \"qos\""})"),
                     Api::v2, "u"),
               NotThere);
  try {
    check(answer(404, R"({"code":"not found","message":"organization name \"x\" not found"})"),
          Api::v2, "http://server/api/v2/query");
    FAIL();
  } catch (const Fatal& error) {
    EXPECT_NE(
        std::string(error.what()).find("organization name \"x\" not found; check url and org"),
        std::string::npos)
        << error.what();
  }
}

TEST(QueryAnswer, RetryAfterIsPassedOn) {
  influx::HttpAnswer busy = answer(429);
  busy.retry_after = std::chrono::seconds(7);
  try {
    check(busy, Api::v2, "u");
    FAIL();
  } catch (const RetryLater& later) {
    EXPECT_EQ(later.after(), std::chrono::seconds(7));
  }
}

TEST(QueryOptions, WhatCannotBeMeantIsFatal) {
  Options options;
  options.url.text = "http://localhost";
  EXPECT_THROW(QueryClient(options, {}), Fatal) << "neither database nor bucket";
  options.org = "home";
  EXPECT_THROW(QueryClient(options, {}), Fatal) << "no bucket";
  options.bucket = "qos";
  EXPECT_EQ(QueryClient(options, {}).shown_url(), "http://localhost/api/v2/query");
}

}  // namespace
}  // namespace weir::influx_source
