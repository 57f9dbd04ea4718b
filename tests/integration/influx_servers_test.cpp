// SPDX-License-Identifier: Apache-2.0
// What influx-sink writes is what real servers give back, value by value.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <weir/testing.hpp>

#include "http_get.hpp"
#include "influx_sink.hpp"
#include "server_process.hpp"

namespace weir::integration {
namespace {

using influx_sink::InfluxSink;
using testing::Bench;
using testing::OptionTexts;

constexpr std::int64_t start = 1'795'348'800'000'000'000;
constexpr std::int64_t millisecond = 1'000'000;
constexpr std::size_t many = 20'000;

/// Rows of two series with every type, nulls and characters that need care; `divisor` makes the
/// fractions.
Batch rows(double divisor) {
  BatchBuilder rows("net work");
  const auto target = rows.tag("target");
  const auto rtt = rows.field<double>("rtt_ms", "ms");
  const auto sent = rows.field<std::int64_t>("sent");
  const auto up = rows.field<bool>("up");
  const auto note = rows.field<std::string>("note");
  for (std::size_t i = 0; i < many; ++i) {
    auto row = rows.row(start + static_cast<std::int64_t>(i) * millisecond);
    row.set(target, i % 2 == 0 ? "a=b, c" : "10.0.0.1").set(sent, static_cast<std::int64_t>(i) - 5);
    if (i % 3 != 0) row.set(rtt, static_cast<double>(i) / divisor);
    if (i % 5 == 0) row.set(up, i % 2 == 0).set(note, "say \"" + std::to_string(i) + "\" \\ é");
  }
  return rows.build();
}

void write(const OptionTexts& options, const Batch& batch) {
  Bench<InfluxSink> bench(options);
  for (std::size_t row = 0; row < batch.rows(); row += 4096) bench.process(batch.slice(row, 4096));
  bench.flush().finish();
  EXPECT_TRUE(bench.take("rejected").empty());
}

class InfluxServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!InfluxServer::installed())
      GTEST_SKIP() << InfluxServer::program << " is missing (Debian: influxdb)";
    server_ = std::make_unique<InfluxServer>();
    const std::string create = "q=" + encoded("CREATE DATABASE qos");
    (void)fetch(server_->url() + "/query", &create);
  }
  [[nodiscard]] nlohmann::json query(const std::string& text) const {
    return nlohmann::json::parse(
        fetch(server_->url() + "/query?db=qos&epoch=ns&q=" + encoded(text)));
  }
  [[nodiscard]] OptionTexts options(const OptionTexts& more = {}) const {
    OptionTexts made = {{"url", server_->url()}, {"database", "qos"}};
    made.insert(made.end(), more.begin(), more.end());
    return made;
  }

  std::unique_ptr<InfluxServer> server_;
};

TEST_F(InfluxServerTest, GivesBackEveryValue) {
  const Batch batch = rows(7);
  write(options({{"max_body", "100kB"}}), batch);
  const auto answer = query("SELECT * FROM \"net work\"");
  const auto& series = answer.at("results").at(0).at("series").at(0);
  const auto names = series.at("columns").get<std::vector<std::string>>();
  ASSERT_EQ(series.at("values").size(), many);
  for (std::size_t row = 0; row < many; ++row) {
    const auto& values = series["values"][row];
    ASSERT_EQ(values.at(0).get<std::int64_t>(), batch.times()[row]);
    for (std::size_t i = 1; i < names.size(); ++i) {
      const Column& column = batch.column(names[i]);
      ASSERT_EQ(values[i].is_null(), column.is_null(row)) << names[i] << " of row " << row;
      if (column.is_null(row)) continue;
      switch (column.type()) {
        case Type::float64:
          ASSERT_EQ(values[i].get<double>(), column.doubles()[row]) << row;
          break;
        case Type::int64:
          ASSERT_EQ(values[i].get<std::int64_t>(), column.integers()[row]) << row;
          break;
        case Type::boolean:
          ASSERT_EQ(values[i].get<bool>(), column.boolean(row)) << row;
          break;
        default:
          ASSERT_EQ(values[i].get<std::string>(), column.text(row)) << row;
          break;
      }
    }
  }
  EXPECT_EQ(names.size(), batch.columns().size());
}

TEST_F(InfluxServerTest, ATypeConflictKeepsTheGoodRowsAndRejectsTheOthers) {
  write(options(), testing::batch("v", {1}, "m"));
  BatchBuilder wrong("m");
  const auto value = wrong.field<std::int64_t>("v");
  wrong.row(5).set(value, std::int64_t{7});
  Bench<InfluxSink> bench(options());
  bench.process(wrong.build()).process(testing::batch("w", {2}, "m")).flush().finish();
  const Batch rejected = concatenate(bench.take("rejected"));
  ASSERT_EQ(rejected.rows(), 1U);
  EXPECT_EQ(rejected.column("line").text(0), "m v=7i 5");
  EXPECT_NE(rejected.column("reason").text(0).find("field type conflict"), std::string_view::npos);
  EXPECT_EQ(query("SELECT w FROM m").at("results").at(0).at("series").at(0).at("values").size(),
            1U);
}

TEST_F(InfluxServerTest, AMissingDatabaseIsOneClearError) {
  Bench<InfluxSink> bench({{"url", server_->url()}, {"database", "none"}});
  bench.process(testing::batch("v", {1}));
  try {
    bench.flush();
    FAIL();
  } catch (const Fatal& error) {
    EXPECT_NE(std::string(error.what()).find("database not found"), std::string::npos)
        << error.what();
  }
}

TEST_F(InfluxServerTest, VersionTwoOfTheApiIsNotThereAndSaysSo) {
  Bench<InfluxSink> bench({{"url", server_->url()}, {"api", "v2"}, {"bucket", "qos"}});
  bench.process(testing::batch("v", {1}));
  EXPECT_THROW(bench.flush(), Fatal);
}

TEST_F(InfluxServerTest, RowsWaitWhileTheServerIsAway) {
  Bench<InfluxSink> bench(options({{"timeout", "2s"}}));
  server_->stop(SIGKILL);
  bench.process(testing::batch("v", {1}));
  EXPECT_THROW(bench.flush(), RetryLater);
}

TEST(VictoriaServerTest, GivesBackEveryNumber) {
  if (!VictoriaServer::installed())
    GTEST_SKIP() << VictoriaServer::program << " is missing (Debian: victoria-metrics)";
  const VictoriaServer server;
  const Batch batch = rows(8);  // it stores decimals of about 15 digits: eighths fit
  write({{"url", server.url()}, {"api", "v2"}}, batch);
  (void)fetch(server.url() + "/internal/force_flush");
  // It calls a value <measurement>_<field>, and keeps no text.
  for (const char* name : {"rtt_ms", "sent", "up"}) {
    const std::string match = std::string("{__name__=\"net work_") + name + "\"}";
    const std::string text = fetch(
        server.url() + "/api/v1/export?start=1795348799&end=1795348900&match[]=" + encoded(match));
    std::map<std::pair<std::string, std::int64_t>, double> stored;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto series = nlohmann::json::parse(line);
      for (std::size_t i = 0; i < series.at("values").size(); ++i) {
        stored[{series.at("metric").at("target"), series.at("timestamps").at(i)}] =
            series.at("values").at(i);
      }
    }
    const Column& column = batch.column(name);
    std::size_t expected = 0;
    for (std::size_t row = 0; row < many; ++row) {
      if (column.is_null(row)) continue;
      ++expected;
      const auto at = stored.find(
          {std::string(batch.column("target").text(row)), batch.times()[row] / millisecond});
      ASSERT_NE(at, stored.end()) << name << " of row " << row;
      ASSERT_EQ(at->second, column.number(row)) << name << " of row " << row;
    }
    EXPECT_EQ(stored.size(), expected) << name;
  }
}

}  // namespace
}  // namespace weir::integration
