// SPDX-License-Identifier: Apache-2.0
// The node through the C boundary, against a web server on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "http_source.hpp"
#include "testing/loopback.hpp"
#include "web_server.hpp"

namespace weir::http_source {
namespace {

using probing::testing::LoopbackSocket;
using probing::testing::row_of;
using probing::testing::run_for_each;
using probing::testing::run_for_rows;
using probing::testing::text;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;
using weir::testing::Bench;

TEST(HttpSource, TellsWhereTheTimeWent) {
  testing::WebServer server;
  Bench<HttpSource> bench({{"urls", server.url("/ok?token=hush")}, {"interval", "100ms"}}, {});
  const Batch rows = run_for_rows(bench, 3);
  ASSERT_GE(rows.rows(), 3U);
  EXPECT_EQ(rows.measurement(), "http");
  std::set<std::int64_t> times;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    EXPECT_EQ(text(rows, "target", row), server.url("/ok")) << "a query may be secret";
    EXPECT_EQ(text(rows, "address", row), "127.0.0.1");
    EXPECT_EQ(text(rows, "outcome", row), "received");
    EXPECT_EQ(text(rows, "error", row), "null");
    EXPECT_EQ(text(rows, "loss_percent", row), "0");
    EXPECT_EQ(text(rows, "status", row), "200");
    EXPECT_EQ(text(rows, "bytes", row), "5");
    EXPECT_EQ(text(rows, "tls_ms", row), "null");
    EXPECT_EQ(text(rows, "certificate_days", row), "null");
    const double connect = rows.column("connect_ms").number(row);
    const double first_byte = rows.column("first_byte_ms").number(row);
    EXPECT_GT(connect, 0);
    EXPECT_GT(first_byte, connect);
    EXPECT_GE(rows.column("total_ms").number(row), first_byte);
    EXPECT_EQ(rows.times()[row] % 100'000'000, 0);
    times.insert(rows.times()[row]);
  }
  EXPECT_EQ(times.size(), rows.rows()) << "one row an interval";
  EXPECT_THAT(server.requests(), Each(StartsWith("GET /ok?token=hush HTTP/1.1\r\n")));
}

TEST(HttpSource, EachFailureIsARowThatSaysWhich) {
  testing::WebServer server;
  const LoopbackSocket closed(SOCK_STREAM);
  // No name has a label of 64 letters (RFC 1035 §2.3.4), so that nobody is asked.
  const std::string unknown = "http://" + std::string(64, 'a') + ".test/";
  const std::string nobody = "http://" + closed.place() + "/";
  const std::string urls = server.url("/ok") + "," + server.url("/missing") + "," +
                           server.url("/moved") + "," + server.url("/silent") + "," +
                           server.url("/garbage") + "," + server.url("/closed") + "," + nobody +
                           "," + unknown;
  Bench<HttpSource> bench(
      {{"urls", urls}, {"interval", "1s"}, {"timeout", "4s"}, {"expect_status", "200"}}, {});
  const Batch rows = run_for_each(bench, "target", 8);
  struct Expected {
    std::string target;
    const char *outcome, *status, *sent, *received;
  };
  for (const Expected& expected : {Expected{server.url("/ok"), "received", "200", "1", "1"},
                                   {server.url("/missing"), "status", "404", "1", "1"},
                                   {server.url("/moved"), "status", "302", "1", "1"},
                                   {server.url("/silent"), "timeout", "null", "1", "0"},
                                   {server.url("/garbage"), "bad_answer", "null", "1", "0"},
                                   {server.url("/closed"), "bad_answer", "null", "1", "0"},
                                   {nobody, "refused", "null", "1", "0"},
                                   {unknown, "no_name", "null", "0", "0"}}) {
    const std::size_t row = row_of(rows, "target", expected.target);
    EXPECT_EQ(text(rows, "outcome", row), expected.outcome) << expected.target;
    EXPECT_EQ(text(rows, "status", row), expected.status) << expected.target;
    EXPECT_EQ(text(rows, "sent", row), expected.sent) << expected.target;
    EXPECT_EQ(text(rows, "received", row), expected.received) << expected.target;
    EXPECT_EQ(text(rows, "error", row) == "null", expected.outcome == std::string("received"));
    EXPECT_EQ(rows.column("total_ms").valid(row), expected.received[0] == '1') << expected.target;
  }
  EXPECT_GE(bench.count("lost_probes"), 5U);
}

TEST(HttpSource, FetchesNoMoreOfABodyThanAsked) {
  testing::WebServer server;
  Bench<HttpSource> bench(
      {{"urls", server.url("/big")}, {"interval", "200ms"}, {"max_body", "100kB"}}, {});
  const Batch rows = run_for_rows(bench, 1);
  EXPECT_EQ(text(rows, "outcome", 0), "received") << text(rows, "error", 0);
  EXPECT_EQ(text(rows, "status", 0), "200");
  EXPECT_GT(rows.column("bytes").number(0), 100e3);
  EXPECT_LT(rows.column("bytes").number(0), 1e6);
}

TEST(HttpSource, SendsTheMethodAndThePasswordAndShowsNone) {
  testing::WebServer server;
  Bench<HttpSource> bench({{"urls", server.url("/ok")},
                           {"interval", "200ms"},
                           {"method", "HEAD"},
                           {"username", "me"},
                           {"password", "hush"}},
                          {});
  const Batch rows = run_for_rows(bench, 1);
  EXPECT_EQ(text(rows, "outcome", 0), "received");
  EXPECT_EQ(text(rows, "bytes", 0), "0");
  ASSERT_FALSE(server.requests().empty());
  EXPECT_THAT(server.requests().front(), StartsWith("HEAD /ok HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests().front(), HasSubstr("Authorization: Basic bWU6aHVzaA=="));
  EXPECT_THAT(weir::testing::to_text(rows), Not(HasSubstr("hush")));
  EXPECT_THAT(bench.logs(), Each(Not(HasSubstr("hush"))));
}

TEST(HttpSource, WithoutUrlsTheStreamEndsAndSaysWhy) {
  Bench<HttpSource> bench({}, {});
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs().front(), HasSubstr("give 'urls'"));
}

TEST(HttpSource, AWrongOptionIsRefusedAtOnce) {
  const auto with = [](const char* option, const char* value) {
    (void)Bench<HttpSource>({{"urls", "http://127.0.0.1/"}, {option, value}}, {});
  };
  EXPECT_THAT([&] { with("ca_file", "no/such.pem"); },
              ThrowsMessage<Fatal>(HasSubstr("ca_file 'no/such.pem' cannot be read")));
  EXPECT_THAT([&] { with("expect_status", "fine"); },
              ThrowsMessage<Fatal>(HasSubstr("expect_status 'fine'")));
  EXPECT_THAT([&] { with("password", "hush"); },
              ThrowsMessage<Fatal>(AllOf(HasSubstr("without username"), Not(HasSubstr("hush")))));
}

TEST(HttpSource, EndsWhileRequestsAreUnderWay) {
  testing::WebServer server;
  Bench<HttpSource> bench({{"urls", server.url("/silent")}, {"interval", "100ms"}}, {});
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (server.requests().empty() && std::chrono::steady_clock::now() < end) {
    (void)bench.produce();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_FALSE(server.requests().empty());
  bench.finish(Reason::stopping);
}

}  // namespace
}  // namespace weir::http_source
