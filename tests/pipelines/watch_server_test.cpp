// SPDX-License-Identifier: Apache-2.0
// A store that goes away and comes back, as /health, /metrics and weir top tell of it; and secrets,
// which none of them tells.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/http_get.hpp"
#include "tests/integration/server_process.hpp"
#include "tests/support/http_reply.hpp"
#include "tests/support/watched_run.hpp"

namespace weir::test {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* secret = "PLANTED-SECRET-7f3a";

std::string pipeline_to(const std::string& url) {
  return "nodes:\n"
         "  up:    {plugin: netdev-source, interfaces: [lo], interval: 50ms}\n"
         "  store: {plugin: influx-sink, inputs: [up], url: \"" +
         url +
         "\", database: watch, username: me, password: \"${PLANTED}\", flush_interval: 100ms}\n";
}

bool is_ready(const std::string& url) { return get(url + "health").status == 200; }

TEST(WatchServer, HealthFollowsAStoreThatGoesAndComesBack) {
  using integration::InfluxServer;
  if (!InfluxServer::installed()) GTEST_SKIP() << InfluxServer::program << " is not installed";
  InfluxServer server;
  const std::string create = "q=" + integration::encoded("CREATE DATABASE watch");
  (void)integration::fetch(server.url() + "/query", &create);
  WatchedRun run(pipeline_to(server.url()), {"--listen", "127.0.0.1:0"},
                 {std::string("PLANTED=") + secret});
  const std::string url = run.url();
  ASSERT_TRUE(eventually([&] { return is_ready(url); })) << run.log();
  server.stop();
  ASSERT_TRUE(eventually([&] { return get(url + "health").status == 503; })) << run.log();
  const Reply health = get(url + "health");
  EXPECT_THAT(health.body, HasSubstr("\"status\":\"degraded\""));
  EXPECT_THAT(health.body, ContainsRegex("node store retries since [0-9]+ s: .+"));
  const Reply metrics = get(url + "metrics");
  EXPECT_THAT(metrics.body, ContainsRegex("weir_node_retries_total\\{[^}]*\"store\"\\} [1-9]"));
  const ProgramResult top = run.ask({"top"});
  EXPECT_THAT(top.out, HasSubstr("! node store retries since"));
  for (const std::string& text :
       {health.body, metrics.body, top.out, run.log(), run.request(R"({"request":"snapshot"})")}) {
    EXPECT_FALSE(text.empty());
    EXPECT_THAT(text, Not(HasSubstr(secret)));
  }
  server.start_again();
  EXPECT_TRUE(eventually([&] { return is_ready(url); }, std::chrono::seconds(150)))
      << get(url + "health").body << run.log();
  EXPECT_EQ(run.stop().exit_code, 130);
}

}  // namespace
}  // namespace weir::test
