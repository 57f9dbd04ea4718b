// SPDX-License-Identifier: Apache-2.0
// What influx-sink wrote to a real InfluxDB 1 is what influx-source reads. (Flux is not tested
// here: Debian's InfluxDB 1.6 has none, and InfluxDB 2 is no Debian package; see
// plugins/influx-source/tests.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <weir/testing.hpp>

#include "http_get.hpp"
#include "influx_sink.hpp"
#include "influx_source.hpp"
#include "server_process.hpp"

namespace weir::integration {
namespace {

using influx_sink::InfluxSink;
using influx_source::InfluxSource;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OptionTexts;

constexpr std::int64_t start = 1'795'348'800'000'000'000;

/// Two series with every type, gaps, rows at the same time, names and texts that need care.
Batch rows(std::int64_t count) {
  BatchBuilder rows("net \"work\"");
  const auto link = rows.tag("li'nk");
  const auto target = rows.tag("target");
  const auto note = rows.field<std::string>("no\"te");
  const auto rtt = rows.field<double>("rtt_ms");
  const auto sent = rows.field<std::int64_t>("sent");
  const auto up = rows.field<bool>("up");
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t gap = i < count / 2 ? 0 : 86'400'000'000'000;
    auto row = rows.row(start + i / 2 * 1'000'000 + gap);
    row.set(target, i % 2 == 0 ? "10.0.0.1" : "a=b, c");
    if (i % 2 == 0) row.set(link, "it's \"up\" ü");
    row.set(sent, std::numeric_limits<std::int64_t>::max() - i);
    if (i % 3 != 0) row.set(rtt, static_cast<double>(i) / (i % 3 == 1 ? 1 : 7));
    if (i % 5 == 0) row.set(up, i % 4 == 0).set(note, i % 10 == 0 ? "" : "say \"x\" \\ 'é'\nnext");
  }
  return rows.build();
}

class InfluxHistoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!InfluxServer::installed())
      GTEST_SKIP() << InfluxServer::program << " is missing (Debian: influxdb)";
    server_ = std::make_unique<InfluxServer>();
  }
  void create(const std::string& database = "qos") const {
    const std::string text = "q=" + encoded("CREATE DATABASE \"" + database + "\"");
    (void)fetch(server_->url() + "/query", &text);
  }
  void write(const Batch& batch) const {
    Bench<InfluxSink> sink({{"url", server_->url()}, {"database", "qos"}});
    for (std::size_t row = 0; row < batch.rows(); row += 4096) sink.process(batch.slice(row, 4096));
    sink.flush().finish();
    EXPECT_TRUE(sink.take("rejected").empty());
  }
  struct Read {
    std::vector<Batch> batches;
    std::vector<std::string> logs;
    [[nodiscard]] Batch all() const { return concatenate(batches); }
  };
  [[nodiscard]] Read read(const OptionTexts& more = {}, Timestamp now = Timestamp{}) const {
    OptionTexts options = {{"url", server_->url()}};
    if (more.empty() || more.front().first != "database") options.emplace_back("database", "qos");
    options.insert(options.end(), more.begin(), more.end());
    Bench<InfluxSource> source(options, {}, now);
    source.produce_until(now + std::chrono::hours(1));
    return {source.take(), source.logs()};
  }

  std::unique_ptr<InfluxServer> server_;
};

TEST_F(InfluxHistoryTest, EveryValueComesBackAsItWentIn) {
  create();
  const Batch in = rows(9000);
  write(in);
  for (const char* size : {"1000", "4096", "100000"}) {
    const Read got = read({{"batch_rows", size}});
    for (const Batch& batch : got.batches) ASSERT_LE(batch.rows(), std::stoul(size));
    ASSERT_EQ(got.all(), in) << size;
    EXPECT_TRUE(got.logs.empty());
  }
  EXPECT_EQ(read({{"batch_rows", "3"}, {"since", "2026-11-23T12:00:04.495Z"}}).all(),
            in.slice(8990, 10));
}

TEST_F(InfluxHistoryTest, ChoosesMeasurementsFieldsAndTimes) {
  create();
  for (const char* name : {"eth1", "eth10", "ping"})
    write(testing::batch("v", {1, 2, 3, 4, 5}, name));
  write(testing::batch("w", {6}, "eth1"));
  const auto names = [](const Read& got) {
    std::vector<std::string> found;
    for (const Batch& batch : got.batches) found.push_back(batch.measurement());
    return found;
  };
  EXPECT_THAT(names(read({{"measurements", "eth1"}})), ElementsAre("eth1"));
  EXPECT_THAT(names(read({{"measurements", "eth1*,p*"}})), ElementsAre("eth1", "eth10", "ping"));
  const Read fields = read({{"measurements", "eth1"}, {"fields", "w"}});
  EXPECT_EQ(fields.all(), testing::batch("w", {6}, "eth1"));
  const Read last =
      read({{"measurements", "ping"}, {"last", "2s"}}, Timestamp{std::chrono::seconds(5)});
  EXPECT_THAT(last.all().times(), ElementsAre(3'000'000'000, 4'000'000'000));
}

TEST_F(InfluxHistoryTest, TagsAreComparedByTheServerOrByPatternHere) {
  create();
  const Batch in = rows(20);
  write(in);
  const auto count = [&](const influx_source::TagFilter& tags) {
    Bench<InfluxSource> source({{"url", server_->url()}, {"database", "qos"}}, {});
    source.node().options.tags = tags;
    source.produce_until(Timestamp{});
    return concatenate(source.take()).rows();
  };
  EXPECT_EQ(count({{"target", "a=b, c"}}), 10U);
  EXPECT_EQ(count({{"target", "a*"}}), 10U);
  EXPECT_EQ(count({{"li'nk", "it's \"up\" ü"}}), 10U);
  EXPECT_EQ(count({{"li'nk", "*"}, {"target", "a*"}}), 0U) << "those have no li'nk";
  EXPECT_EQ(count({{"target", "x' OR time > 0 OR \"target\" = 'a=b, c"}}), 0U);
}

TEST_F(InfluxHistoryTest, NoDatabaseYetIsAnEmptyHistoryAndOneLine) {
  const Read got = read();
  EXPECT_TRUE(got.batches.empty());
  EXPECT_THAT(got.logs, ElementsAre(HasSubstr("begins without its history")));
  create();
  EXPECT_THAT(read({{"measurements", "netdev"}}).logs, ElementsAre(HasSubstr("'netdev' yet")));
}

TEST_F(InfluxHistoryTest, AMissingRetentionPolicyAndAFluxQuestionAreClearErrors) {
  create();
  write(testing::batch("v", {1}, "m"));
  EXPECT_EQ(read({{"retention_policy", "autogen"}}).all(), testing::batch("v", {1}, "m"));
  EXPECT_THROW((void)read({{"retention_policy", "week"}}), Fatal);
  Bench<InfluxSource> flux({{"url", server_->url()}, {"bucket", "qos"}}, {});
  try {
    flux.produce_until(Timestamp{});
    FAIL();
  } catch (const Fatal& error) {
    EXPECT_THAT(error.what(), HasSubstr("InfluxDB 1.x: set api: v1"));
  }
}

TEST_F(InfluxHistoryTest, AServerThatGoesAwayHalfwayIsGivenUpWithAWarning) {
  create();
  write(rows(5000));
  Bench<InfluxSource> source({{"url", server_->url()},
                              {"database", "qos"},
                              {"batch_rows", "1000"},
                              {"timeout", "2s"},
                              {"start_timeout", "10s"}},
                             {});
  while (source.take().empty()) ASSERT_TRUE(std::holds_alternative<Again>(source.produce()));
  server_->stop(SIGKILL);
  source.produce_until(Timestamp{std::chrono::hours(1)});
  EXPECT_EQ(source.now(), Timestamp{std::chrono::seconds(10)});
  EXPECT_THAT(source.logs(), ElementsAre(HasSubstr("asked again"), HasSubstr("given up")));
}

TEST(InfluxHistoryAuthTest, AWrongPasswordIsFatalAndTheRightOneReads) {
  if (!InfluxServer::installed())
    GTEST_SKIP() << InfluxServer::program << " is missing (Debian: influxdb)";
  const InfluxServer server(true);
  const std::string user =
      "q=" + encoded("CREATE USER boss WITH PASSWORD 'right' WITH ALL PRIVILEGES");
  (void)fetch(server.url() + "/query", &user);
  const auto options = [&](const char* password) {
    return OptionTexts{
        {"url", server.url()}, {"database", "qos"}, {"username", "boss"}, {"password", password}};
  };
  Bench<InfluxSource> right(options("right"), {});
  right.produce_until(Timestamp{});
  EXPECT_EQ(right.logs().size(), 1U) << "no database yet";
  Bench<InfluxSource> wrong(options("wrong"), {});
  try {
    wrong.produce_until(Timestamp{});
    FAIL();
  } catch (const Fatal& error) {
    EXPECT_THAT(error.what(), HasSubstr("check token, or username and password"));
  }
}

}  // namespace
}  // namespace weir::integration
