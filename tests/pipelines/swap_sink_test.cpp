// SPDX-License-Identifier: Apache-2.0
// One pipeline, four stores: only the store's node differs, nothing is built, every value comes
// back.
#include <gtest/gtest.h>

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/integration/http_get.hpp"
#include "tests/integration/server_process.hpp"
#include "tests/support/database.hpp"
#include "tests/support/program.hpp"

namespace weir::test {
namespace {

using integration::encoded;
using integration::fetch;
using nlohmann::json;

constexpr int minutes = 400;
constexpr std::int64_t first_second = 1'795'348'800;  // 2026-11-22T12:00:00Z

/// (target, seconds, field) -> value.
using Values = std::map<std::tuple<std::string, std::int64_t, std::string>, double>;

// Eighths: VictoriaMetrics keeps about 12 digits, and these fit.
double rtt_of(int minute, int target) { return 10 + target + static_cast<double>(minute % 37) / 8; }

Values expected() {
  Values values;
  for (int minute = 0; minute < minutes; ++minute) {
    for (int target = 0; target < 2; ++target) {
      const std::string name = target == 0 ? "10.0.0.1" : "ä b";
      const std::int64_t second = first_second + minute * 60;
      if (minute % 11 != 0) values[{name, second, "rtt"}] = rtt_of(minute, target);
      values[{name, second, "sent"}] = minute * 3;
    }
  }
  return values;
}

std::string csv() {
  std::ostringstream text;
  text.precision(17);
  text << "time,target,rtt,sent\n";
  for (int minute = 0; minute < minutes; ++minute) {
    for (int target = 0; target < 2; ++target) {
      text << first_second + minute * 60 << ',' << (target == 0 ? "10.0.0.1" : "ä b") << ',';
      if (minute % 11 != 0) text << rtt_of(minute, target);
      text << ',' << minute * 3 << '\n';
    }
  }
  return text.str();
}

class SwapSink : public ::testing::Test {
 protected:
  SwapSink() { write_text(folder_ / "history.csv", csv()); }

  /// The pipeline with this line for its store.
  void run_with(const std::string& store) {
    write_text(
        folder_ / "swap.yaml",
        "nodes:\n"
        "  history: {plugin: file-source, path: history.csv, measurement: probe, tags: [target]}\n"
        "  store:   {inputs: [history], " +
            store + "}\n");
    const ProgramResult result =
        run_weir({.arguments = {"run", "swap.yaml", "--state", "state"}, .folder = folder_.path()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  TemporaryFolder folder_;
};

TEST_F(SwapSink, Sqlite) {
  run_with("plugin: sqlite-sink, path: swap.db");
  Values found;
  for (const auto& row :
       query(folder_ / "swap.db",
             "SELECT json_extract(s.tags, '$.target'), p.time / 1000000000, p.rtt, p.sent "
             "FROM probe p JOIN series s ON s.id = p.series_id")) {
    if (row[2] != "NULL") found[{row[0], std::stoll(row[1]), "rtt"}] = std::stod(row[2]);
    found[{row[0], std::stoll(row[1]), "sent"}] = std::stod(row[3]);
  }
  for (const auto& [key, value] : expected()) {
    ASSERT_TRUE(found.contains(key)) << std::get<0>(key) << " " << std::get<1>(key);
    EXPECT_NEAR(found[key], value, 1e-12);
  }
  EXPECT_EQ(found.size(), expected().size());
}

TEST_F(SwapSink, JsonLinesFile) {
  run_with("plugin: file-sink, path: swap.jsonl");
  Values found;
  std::istringstream lines(read_text(folder_ / "swap.jsonl"));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const json row = json::parse(line);
    const int minute = static_cast<int>(row.at("sent").get<int>() / 3);
    const std::int64_t second = first_second + minute * 60;
    if (row.contains("rtt") && !row["rtt"].is_null())
      found[{row.at("target"), second, "rtt"}] = row["rtt"];
    found[{row.at("target"), second, "sent"}] = row["sent"];
  }
  EXPECT_EQ(count, static_cast<std::size_t>(2 * minutes));
  EXPECT_EQ(found, expected());
}

TEST_F(SwapSink, InfluxDb) {
  if (!integration::InfluxServer::installed()) {
    GTEST_SKIP() << "SKIPPED: " << integration::InfluxServer::program
                 << " is missing (Debian: influxdb)";
  }
  const integration::InfluxServer server;
  const std::string create = "q=" + encoded("CREATE DATABASE weir");
  (void)fetch(server.url() + "/query", &create);
  run_with("plugin: influx-sink, url: \"" + server.url() + "\", database: weir");
  const json answer = json::parse(fetch(server.url() + "/query?db=weir&epoch=s&q=" +
                                        encoded("SELECT rtt, sent FROM probe GROUP BY target")));
  Values found;
  for (const json& series : answer.at("results").at(0).at("series")) {
    const std::string target = series.at("tags").at("target");
    for (const json& row : series.at("values")) {
      if (!row[1].is_null()) found[{target, row[0], "rtt"}] = row[1];
      found[{target, row[0], "sent"}] = row[2];
    }
  }
  EXPECT_EQ(found, expected());
}

TEST_F(SwapSink, VictoriaMetricsByTheSecondApi) {
  if (!integration::VictoriaServer::installed()) {
    GTEST_SKIP() << "SKIPPED: " << integration::VictoriaServer::program
                 << " is missing (Debian: victoria-metrics)";
  }
  const integration::VictoriaServer server;
  run_with("plugin: influx-sink, url: \"" + server.url() +
           "\", api: v2, org: o, bucket: weir, token: t");
  (void)fetch(server.url() + "/internal/force_flush");
  std::istringstream lines(
      fetch(server.url() + "/api/v1/export?match%5B%5D=" + encoded("{__name__=~\"probe_.*\"}")));
  Values found;
  for (std::string line; std::getline(lines, line);) {
    const json series = json::parse(line);
    const std::string name = series.at("metric").at("__name__");
    for (std::size_t i = 0; i < series.at("values").size(); ++i) {
      found[{series.at("metric").at("target"),
             series.at("timestamps")[i].get<std::int64_t>() / 1000, name.substr(6)}] =
          series["values"][i];
    }
  }
  EXPECT_EQ(found, expected());
}

}  // namespace
}  // namespace weir::test
