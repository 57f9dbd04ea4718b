// SPDX-License-Identifier: Apache-2.0
// The node over HTTP, against a tiny server that answers as annotated.hpp says. What InfluxDB 1
// really answers is tested in tests/integration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "annotated.hpp"
#include "influx_source.hpp"
#include "testing/tiny_server.hpp"

namespace weir::influx_source {
namespace {

using influx::TinyServer;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OptionTexts;

std::string http(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status +
         "\r\nContent-Type: text/csv\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

OptionTexts to(const std::string& url, const OptionTexts& more = {}) {
  OptionTexts options = {{"url", url},        {"org", "my org"},     {"bucket", "qos"},
                         {"token", "s3cret"}, {"measurements", "m"}, {"timeout", "5s"}};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

TEST(InfluxSource, AsksByFluxWithTheTokenAndGivesTheRows) {
  TinyServer server([](const TinyServer::Request& request) {
    return http(
        "200 OK",
        request.body.find("first()") != std::string::npos
            ? column("_time", "dateTime:RFC3339", {"2026-11-29T00:00:00Z", "2026-11-29T00:00:01Z"})
            : table("v", "double", "a",
                    {{1'795'910'400'000'000'000, "1"}, {1'795'910'401'000'000'000, "2.5"}}));
  });
  Bench<InfluxSource> bench(to(server.url()), {});
  bench.produce_until(Timestamp{});
  const Batch rows = concatenate(bench.take());
  ASSERT_EQ(rows.rows(), 2U);
  EXPECT_EQ(rows.column("v").doubles()[1], 2.5);
  EXPECT_EQ(rows.column("host").text(0), "a");
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].head.substr(0, requests[0].head.find('\r')),
            "POST /api/v2/query?org=my%20org HTTP/1.1");
  EXPECT_THAT(requests[0].head, HasSubstr("Authorization: Token s3cret\r\n"));
  EXPECT_THAT(requests[0].head, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(requests[0].head, HasSubstr("Accept-Encoding: gzip\r\n"));
  EXPECT_THAT(requests[1].body, HasSubstr("from(bucket: \\\"qos\\\")"));
}

TEST(InfluxSource, ABucketThatIsNotThereIsAnEmptyHistoryAndOneLine) {
  TinyServer server([](const auto&) {
    return http("404 Not Found",
                R"({"code":"not found","message":"could not find bucket \"qos\""})");
  });
  Bench<InfluxSource> bench(to(server.url()), {});
  bench.produce_until(Timestamp{std::chrono::hours(1)});
  EXPECT_EQ(bench.now(), Timestamp{}) << "nothing is waited for";
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  EXPECT_THAT(bench.logs(), ElementsAre(HasSubstr("begins without a history")));
}

TEST(InfluxSource, ATokenThatMayNotReadIsFatalAndNotShown) {
  TinyServer server([](const auto&) {
    return http("401 Unauthorized", R"({"code":"unauthorized","message":"unauthorized access"})");
  });
  Bench<InfluxSource> bench(to(server.url()), {});
  try {
    bench.produce_until(Timestamp{});
    FAIL();
  } catch (const Fatal& error) {
    EXPECT_THAT(error.what(), HasSubstr("answered 401: unauthorized access; check token"));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("s3cret")));
  }
}

TEST(InfluxSource, AServerThatIsAwayIsAskedAgainUntilTheRunGoesOnWithoutIt) {
  std::string gone;
  {
    const TinyServer server([](const auto&) { return std::string(); });
    gone = server.url();
  }
  Bench<InfluxSource> bench(to(gone, {{"start_timeout", "30s"}, {"timeout", "500ms"}}), {});
  bench.produce_until(Timestamp{std::chrono::minutes(5)});
  EXPECT_EQ(bench.now(), Timestamp{std::chrono::seconds(30)});
  EXPECT_TRUE(bench.take().empty());
  EXPECT_THAT(bench.logs(), ElementsAre(HasSubstr("asked again for 30s"),
                                        HasSubstr("goes on without the rest of its history")));
}

TEST(InfluxSource, AServerThatComesBackIsReadFromWhereItStopped) {
  std::atomic<int> calls = 0;
  TinyServer server([&](const TinyServer::Request& request) {
    if (++calls % 2 == 1) return http("503 Service Unavailable", "busy");
    return http("200 OK", request.body.find("first()") != std::string::npos
                              ? column("_time", "dateTime:RFC3339", {"1970-01-01T00:00:01Z"})
                              : table("v", "double", "a", {{1'000'000'000, "1"}}));
  });
  Bench<InfluxSource> bench(to(server.url(), {{"start_timeout", "3s"}}), {});
  bench.produce_until(Timestamp{std::chrono::minutes(5)});
  EXPECT_EQ(concatenate(bench.take()).rows(), 1U);
  EXPECT_EQ(bench.now(), Timestamp{std::chrono::seconds(2)}) << "each trouble has its own 3 s";
}

TEST(InfluxSource, AHugeAnswerIsNotKept) {
  TinyServer server([](const TinyServer::Request& request) {
    return http("200 OK", request.body.find("first()") != std::string::npos
                              ? column("_time", "dateTime:RFC3339", {"1970-01-01T00:00:01Z"})
                              : std::string(std::size_t{9} << 20U, 'x'));
  });
  Bench<InfluxSource> bench(to(server.url()), {});
  EXPECT_THROW(bench.produce_until(Timestamp{}), Fatal);
}

}  // namespace
}  // namespace weir::influx_source
