// SPDX-License-Identifier: Apache-2.0
// The node through the C boundary, against DNS servers on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <thread>

#include "dns_source.hpp"
#include "known_names.hpp"
#include "testing/loopback.hpp"

namespace weir::dns_source {
namespace {

using probing::testing::LoopbackSocket;
using probing::testing::row_of;
using probing::testing::run_for_each;
using probing::testing::run_for_rows;
using probing::testing::text;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using weir::testing::Bench;

TEST(DnsSource, TellsTimeCodeRecordsAndTimeToLive) {
  const testing::Server server;
  Bench<DnsSource> bench({{"servers", server.place()},
                          {"names", "works.test"},
                          {"records", "A,MX"},
                          {"interval", "100ms"}},
                         {});
  const Batch rows = run_for_rows(bench, 6);
  ASSERT_GE(rows.rows(), 6U);
  EXPECT_EQ(rows.measurement(), "dns");
  std::set<std::pair<std::string, std::int64_t>> seen;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const bool a = text(rows, "record", row) == "A";
    EXPECT_EQ(text(rows, "server", row), server.place());
    EXPECT_EQ(text(rows, "name", row), "works.test");
    EXPECT_EQ(text(rows, "outcome", row), "received");
    EXPECT_EQ(text(rows, "error", row), "null");
    EXPECT_EQ(text(rows, "loss_percent", row), "0");
    EXPECT_EQ(text(rows, "rcode", row), "NOERROR");
    EXPECT_EQ(text(rows, "answers", row), a ? "2" : "1");
    EXPECT_EQ(text(rows, "ttl_s", row), a ? "60" : "40");
    EXPECT_GT(rows.column("resolve_ms").number(row), 0);
    EXPECT_EQ(rows.times()[row] % 100'000'000, 0);
    seen.emplace(text(rows, "record", row), rows.times()[row]);
  }
  EXPECT_EQ(seen.size(), rows.rows()) << "one row a question and interval";
}

TEST(DnsSource, EachFailureIsARowThatSaysWhich) {
  const testing::Server server;
  Bench<DnsSource> bench({{"servers", server.place()},
                          {"names", "works.test,silent.test,broken.test,cut.test,nowhere.test"},
                          {"records", "TXT"},
                          {"interval", "500ms"},
                          {"timeout", "2s"}},
                         {});
  const Batch rows = run_for_each(bench, "name", 5);
  struct Expected {
    const char *name, *outcome, *rcode, *received, *loss;
  };
  for (const Expected& expected : {Expected{"works.test", "no_data", "NOERROR", "1", "0"},
                                   {"silent.test", "timeout", "null", "0", "100"},
                                   {"broken.test", "rcode", "SERVFAIL", "1", "0"},
                                   {"cut.test", "bad_answer", "null", "1", "0"},
                                   {"nowhere.test", "no_name", "NXDOMAIN", "1", "0"}}) {
    const std::size_t row = row_of(rows, "name", expected.name);
    EXPECT_EQ(text(rows, "outcome", row), expected.outcome) << expected.name;
    EXPECT_EQ(text(rows, "rcode", row), expected.rcode) << expected.name;
    EXPECT_EQ(text(rows, "sent", row), "1") << expected.name;
    EXPECT_EQ(text(rows, "received", row), expected.received) << expected.name;
    EXPECT_EQ(text(rows, "loss_percent", row), expected.loss) << expected.name;
    EXPECT_NE(text(rows, "error", row), "null") << expected.name;
    EXPECT_EQ(rows.column("resolve_ms").valid(row), expected.received[0] == '1') << expected.name;
  }
}

TEST(DnsSource, ManyQuestionsAnIntervalAreOneRow) {
  const testing::Server server;
  Bench<DnsSource> bench({{"servers", server.place()},
                          {"names", "works.test,silent.test"},
                          {"interval", "500ms"},
                          {"count", "5"},
                          {"timeout", "2s"}},
                         {});
  // The first interval has only its rest.
  const auto has = [](const Batch& rows, const char* name, const char* column, const char* value) {
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      if (text(rows, "name", row) == name && text(rows, column, row) == value) return true;
    }
    return false;
  };
  const Batch rows = probing::testing::run_until(bench, [&](const Batch& all) {
    return has(all, "works.test", "received", "5") && has(all, "silent.test", "lost", "5");
  });
  EXPECT_TRUE(has(rows, "works.test", "received", "5")) << weir::testing::to_text(rows);
  EXPECT_TRUE(has(rows, "silent.test", "lost", "5")) << weir::testing::to_text(rows);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (text(rows, "received", row) == "0") continue;
    EXPECT_GT(rows.column("rtt_p50_ms").number(row), 0);
    EXPECT_LE(rows.column("rtt_min_ms").number(row), rows.column("rtt_p95_ms").number(row));
    EXPECT_LE(rows.column("rtt_p95_ms").number(row), rows.column("rtt_max_ms").number(row));
  }
}

TEST(DnsSource, AServerThatIsNotThereDisturbsNoOther) {
  const testing::Server server;
  // A socket that is connected to another one refuses ours, and keeps its port from others.
  const LoopbackSocket other(SOCK_DGRAM);
  const LoopbackSocket deaf(SOCK_DGRAM);
  deaf.connect_to(other.port());
  const std::string closed = deaf.place();
  Bench<DnsSource> bench(
      {{"servers", server.place() + "," + closed}, {"names", "works.test"}, {"interval", "200ms"}},
      {});
  const Batch rows = run_for_each(bench, "server", 2);
  const std::size_t refused = row_of(rows, "server", closed);
  EXPECT_EQ(text(rows, "outcome", refused), "refused");
  EXPECT_EQ(text(rows, "loss_percent", refused), "100");
  EXPECT_EQ(text(rows, "outcome", row_of(rows, "server", server.place())), "received");
  EXPECT_GE(bench.count("lost_probes"), 1U);
}

TEST(DnsSource, WithoutNamesTheStreamEndsAndSaysWhy) {
  Bench<DnsSource> bench({{"servers", "127.0.0.1"}}, {});
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs().front(), HasSubstr("give 'names'"));
}

TEST(DnsSource, WithoutServersThoseOfThisHostAreAsked) {
  const Plan plan = plan_questions({}, {"works.test"}, {Record::a, Record::a});
  EXPECT_GE(plan.servers.size(), 1U);
  EXPECT_EQ(plan.questions.size(), plan.servers.size());
}

TEST(DnsSource, AWrongOptionIsRefusedAtOnce) {
  const auto wrong = [](const char* server, const char* name) {
    (void)Bench<DnsSource>({{"servers", server}, {"names", name}}, {});
  };
  EXPECT_THAT([&] { wrong("dns.example", "a.test"); },
              ThrowsMessage<Fatal>(HasSubstr("server 'dns.example' is no IPv4 or IPv6 address")));
  EXPECT_THAT([&] { wrong("127.0.0.1:0", "a.test"); },
              ThrowsMessage<Fatal>(HasSubstr("has no port from 1 to 65535")));
  EXPECT_THAT([&] { wrong("127.0.0.1", "a..test"); },
              ThrowsMessage<Fatal>(HasSubstr("name 'a..test' cannot be asked for")));
  EXPECT_THAT([&] { wrong("127.0.0.1", "http://a.test"); },
              ThrowsMessage<Fatal>(HasSubstr("write a domain name")));
}

TEST(DnsSource, EndsWhileQuestionsAreUnderWay) {
  const testing::Server server;
  Bench<DnsSource> bench(
      {{"servers", server.place()}, {"names", "silent.test"}, {"interval", "10ms"}}, {});
  for (int call = 0; call < 6000 && server.asked() == 0; ++call) {
    (void)bench.produce();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_GT(server.asked(), 0);
  bench.finish(Reason::stopping);
  for (const Batch& rows : bench.take()) {
    for (std::size_t row = 0; row < rows.rows(); ++row)
      EXPECT_EQ(rows.column("received").integers()[row], 0);
  }
}

}  // namespace
}  // namespace weir::dns_source
