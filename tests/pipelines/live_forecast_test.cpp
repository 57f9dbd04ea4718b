// SPDX-License-Identifier: Apache-2.0
// monitor forecasts live: what one run stored is the history that the next one learns from. The
// second run is too short to learn from its own rows, so that each of its forecasts proves the
// warm start. Nothing is asserted of times but their order.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/http_get.hpp"
#include "tests/integration/server_process.hpp"
#include "tests/support/database.hpp"
#include "tests/support/program.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

class LiveForecast : public ::testing::Test {
 protected:
  /// A monitor whose hours are seconds.
  ProgramResult run(const std::string& pipeline, const std::string& duration, int min_rows,
                    std::vector<std::string> environment = {}) {
    ProgramRun run{
        .arguments = {"run", (fs::path(WEIR_SOURCE_DIR) / "pipelines" / pipeline).string(), "--for",
                      duration, "--state", (folder_ / "state").string()},
        .folder = folder_.path(),
        .environment = std::move(environment)};
    for (const std::string& option :
         {std::string("uplink.interfaces=[lo]"), std::string("uplink.interval=100ms"),
          std::string("grid.step=200ms"), std::string("grid.fill_limit=5s"),
          std::string("model.sequence_length=4"), std::string("model.horizon=3"),
          std::string("model.gap_limit=2"), "model.min_rows=" + std::to_string(min_rows)}) {
      run.arguments.emplace_back("--set");
      run.arguments.push_back(option);
    }
    run.environment.emplace_back("WEIR_TARGETS=127.0.0.1,127.0.0.2");
    return run_weir(run);
  }

  TemporaryFolder folder_;
};

TEST_F(LiveForecast, TheSecondRunForecastsFromTheStoreOfTheFirst) {
  const ProgramResult first = run("monitor.yaml", "14s", 100'000);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_NE(first.err.find("is not there yet"), std::string::npos) << first.err;
  EXPECT_NE(first.err.find("no model was learned"), std::string::npos) << first.err;
  const fs::path store = folder_ / "out/monitor/weir.db";
  ASSERT_GE(number(store, "SELECT count(*) FROM netdev"), 80);
  const std::string end = query(store, "SELECT max(time) FROM netdev").at(0).at(0);

  const ProgramResult second = run("monitor.yaml", "6s", 40);
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.err.find("is not there yet"), std::string::npos) << second.err;
  const auto count = [&](const std::string& rows) {
    return number(store, "SELECT count(*) FROM " + rows);
  };
  EXPECT_LT(count("(SELECT DISTINCT time / 200000000 FROM netdev WHERE time > " + end + ")"), 40)
      << "too many rows of its own to prove anything";
  EXPECT_GE(count("evaluation"), 1);
  EXPECT_GE(count("training_history"), 1);
  EXPECT_GE(count("forecast WHERE issued_at > " + end), 3);
  EXPECT_EQ(count("forecast_view WHERE bandwidth_mbps < 0 OR bandwidth_mbps_lower > bandwidth_mbps"
                  " OR bandwidth_mbps > bandwidth_mbps_upper OR interface <> 'lo'"
                  " OR horizon_step NOT IN ('1', '2', '3')"),
            0);

  // Each score is the forecast that was stored, beside the mean of what was then measured.
  const double scores = count("forecast_score WHERE issued_at > " + end);
  EXPECT_GE(scores, 1);
  EXPECT_EQ(count("forecast_score_view s JOIN forecast_view f USING (time, horizon_step, issued_at)"
                  " WHERE s.issued_at > " +
                  end + " AND f.bandwidth_mbps = s.predicted"),
            scores);
  const std::string truths =
      "(SELECT actual, (SELECT avg(bandwidth_mbps) FROM netdev n WHERE n.time >= s.time AND"
      " n.time < s.time + 200000000) AS truth FROM forecast_score s WHERE issued_at > " +
      end + ")";
  const double known = count(truths + " WHERE truth IS NOT NULL");
  EXPECT_GE(known, 1);
  // Not all: on a busy machine a row may come after its step of the grid has left.
  EXPECT_GE(count(truths + " WHERE abs(truth - actual) < 1e-9"), known / 2);
}

class LiveForecastInflux : public LiveForecast {
 protected:
  void SetUp() override {
    if (!integration::InfluxServer::installed())
      GTEST_SKIP() << integration::InfluxServer::program << " is missing (Debian: influxdb)";
    server_ = std::make_unique<integration::InfluxServer>();
    const std::string create = "q=" + integration::encoded("CREATE DATABASE weir");
    (void)integration::fetch(server_->url() + "/query", &create);
  }
  /// The one number that a question has for an answer; 0: there is none.
  [[nodiscard]] double number_of(const std::string& question) const {
    const auto answer = nlohmann::json::parse(integration::fetch(
        server_->url() + "/query?db=weir&epoch=ns&q=" + integration::encoded(question)));
    const auto& result = answer.at("results").at(0);
    if (!result.contains("series")) return 0;
    return result["series"].at(0).at("values").at(0).at(1).get<double>();
  }

  std::unique_ptr<integration::InfluxServer> server_;
};

TEST_F(LiveForecastInflux, TheSecondRunForecastsFromTheServersHistory) {
  const std::vector<std::string> environment = {"INFLUX_URL=" + server_->url()};
  const ProgramResult first = run("monitor-influx.yaml", "14s", 100'000, environment);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_NE(first.err.find("holds no measurement 'netdev' yet"), std::string::npos) << first.err;
  ASSERT_GE(number_of("SELECT count(bandwidth_mbps) FROM netdev"), 80);
  EXPECT_EQ(number_of("SELECT count(bandwidth_mbps) FROM forecast"), 0);

  const ProgramResult second = run("monitor-influx.yaml", "6s", 40, environment);
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_GE(number_of("SELECT count(bandwidth_mbps) FROM forecast"), 3) << second.err;
  EXPECT_GE(number_of("SELECT count(actual) FROM forecast_score"), 1) << second.err;
  EXPECT_GE(number_of("SELECT count(mae) FROM evaluation"), 1) << second.err;
}

}  // namespace
}  // namespace weir::test
