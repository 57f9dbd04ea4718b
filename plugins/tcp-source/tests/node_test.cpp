// SPDX-License-Identifier: Apache-2.0
// The node through the C boundary, against real sockets of loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tcp_source.hpp"
#include "testing/loopback.hpp"
#include "testing/scripted_lookups.hpp"

namespace weir::tcp_source {
namespace {

using probing::testing::LoopbackSocket;
using probing::testing::row_of;
using probing::testing::run_for_each;
using probing::testing::run_for_rows;
using probing::testing::text;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using weir::testing::Bench;

// Knows here.test, and no other name.
class ScriptedSource : public TcpSource {
 public:
  ScriptedSource()
      : TcpSource([] {
          return std::make_unique<probing::testing::ScriptedLookups>(
              std::map<std::string, std::string>{{"here.test", "127.0.0.1"}});
        }) {}
};

TEST(TcpSource, TellsHowAConnectionCameAbout) {
  const LoopbackSocket listening(SOCK_STREAM, 16);
  Bench<TcpSource> bench({{"targets", listening.place()}, {"interval", "50ms"}}, {});
  const Batch rows = run_for_rows(bench, 3);
  ASSERT_GE(rows.rows(), 3U);
  EXPECT_EQ(rows.measurement(), "tcp");
  std::set<std::int64_t> times;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    EXPECT_EQ(text(rows, "target", row), listening.place());
    EXPECT_EQ(text(rows, "address", row), "127.0.0.1");
    EXPECT_EQ(text(rows, "port", row), std::to_string(listening.port()));
    EXPECT_EQ(text(rows, "outcome", row), "received");
    EXPECT_EQ(text(rows, "error", row), "null");
    EXPECT_EQ(text(rows, "sent", row), "1");
    EXPECT_EQ(text(rows, "received", row), "1");
    EXPECT_EQ(text(rows, "loss_percent", row), "0");
    EXPECT_GT(rows.column("connect_ms").number(row), 0);
    EXPECT_GT(rows.column("handshake_ms").number(row), 0);
    EXPECT_EQ(text(rows, "retransmits", row), "0");
    EXPECT_EQ(rows.times()[row] % 50'000'000, 0) << "rows begin with their interval, in UTC";
    times.insert(rows.times()[row]);
  }
  EXPECT_EQ(times.size(), rows.rows()) << "one row an interval";
}

// A queue of one that is full: the kernel drops further requests to connect, as a dead host would.
TEST(TcpSource, EachFailureIsARowThatSaysWhich) {
  const LoopbackSocket closed(SOCK_STREAM);
  const LoopbackSocket full(SOCK_STREAM, 0);
  const LoopbackSocket listening(SOCK_STREAM, 16);
  const LoopbackSocket first(SOCK_STREAM);
  first.connect_to(full.port());
  const std::string here = "here.test:" + std::to_string(listening.port());
  Bench<ScriptedSource> bench({{"targets", closed.place() + "," + full.place() +
                                               ",nowhere.test:80,255.255.255.255:80," + here},
                               {"interval", "400ms"},
                               {"timeout", "200ms"}},
                              {});
  const Batch rows = run_for_each(bench, "target", 5);
  const std::size_t refused = row_of(rows, "target", closed.place());
  EXPECT_EQ(text(rows, "outcome", refused), "refused");
  EXPECT_EQ(text(rows, "error", refused), "Connection refused");
  EXPECT_EQ(text(rows, "sent", refused), "1");
  EXPECT_EQ(text(rows, "received", refused), "0");
  EXPECT_EQ(text(rows, "loss_percent", refused), "100");
  EXPECT_EQ(text(rows, "connect_ms", refused), "null");
  const std::size_t silent = row_of(rows, "target", full.place());
  EXPECT_EQ(text(rows, "outcome", silent), "timeout");
  EXPECT_EQ(text(rows, "address", silent), "127.0.0.1");
  const std::size_t unknown = row_of(rows, "target", "nowhere.test:80");
  EXPECT_EQ(text(rows, "outcome", unknown), "no_name");
  EXPECT_THAT(text(rows, "error", unknown), HasSubstr("does not resolve: not known"));
  EXPECT_EQ(text(rows, "address", unknown), "null");
  EXPECT_EQ(text(rows, "sent", unknown), "0");
  EXPECT_EQ(text(rows, "loss_percent", unknown), "100");
  // No broadcast of TCP: the kernel refuses, whatever its routes.
  EXPECT_EQ(text(rows, "outcome", row_of(rows, "target", "255.255.255.255:80")), "unreachable");
  const std::size_t named = row_of(rows, "target", here);
  EXPECT_EQ(text(rows, "outcome", named), "received");
  EXPECT_EQ(text(rows, "address", named), "127.0.0.1");
  EXPECT_GE(bench.count("lost_probes"), 4U);
}

TEST(TcpSource, ManyConnectionsAnIntervalAreOneRow) {
  const LoopbackSocket listening(SOCK_STREAM, 64);
  Bench<TcpSource> bench({{"targets", listening.place()}, {"interval", "300ms"}, {"count", "20"}},
                         {});
  const auto whole = [](const Batch& rows) {
    const auto sent = rows.column("sent").integers();
    return std::find(sent.begin(), sent.end(), 20) != sent.end();
  };
  const Batch rows = probing::testing::run_until(bench, whole);
  EXPECT_TRUE(whole(rows)) << weir::testing::to_text(rows);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (text(rows, "received", row) == "0") continue;
    EXPECT_LE(rows.column("rtt_min_ms").number(row), rows.column("rtt_max_ms").number(row));
  }
}

TEST(TcpSource, HundredsOfTargetsHaveARowEachAnInterval) {
  const LoopbackSocket listening(SOCK_STREAM, 512);
  std::string targets;
  for (int i = 1; i <= 250; ++i) {
    targets += "127.0.0." + std::to_string(i) + ":" + std::to_string(listening.port()) + ",";
  }
  targets.pop_back();
  Bench<TcpSource> bench({{"targets", targets}, {"interval", "500ms"}}, {});
  const Batch rows = run_for_each(bench, "target", 250);
  std::set<std::string> seen;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (seen.size() < 250) seen.insert(text(rows, "target", row));
    // Bound to 127.0.0.1 alone: others of the net refuse.
    const bool first = text(rows, "address", row) == "127.0.0.1";
    EXPECT_EQ(text(rows, "outcome", row), first ? "received" : "refused");
  }
  EXPECT_EQ(seen.size(), 250U);
}

TEST(TcpSource, WithoutTargetsTheStreamEndsAndSaysWhy) {
  Bench<TcpSource> bench({}, {});
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs().front(), HasSubstr("name services in 'targets'"));
  bench.finish();
}

TEST(TcpSource, AWrongTargetIsRefusedAtOnce) {
  EXPECT_THAT(
      [] {
        (void)Bench<TcpSource>({{"targets", "example.net"}}, {});
      },
      ThrowsMessage<Fatal>(HasSubstr("target 'example.net' has no port; write host:port")));
}

TEST(TcpSource, EndsWhileProbesAreUnderWay) {
  const LoopbackSocket listening(SOCK_STREAM, 16);
  Bench<TcpSource> bench({{"targets", listening.place()}, {"interval", "10ms"}}, {});
  (void)bench.produce();
  bench.finish(Reason::stopping);
  for (const Batch& batch : bench.take()) EXPECT_EQ(batch.measurement(), "tcp");
}

}  // namespace
}  // namespace weir::tcp_source
