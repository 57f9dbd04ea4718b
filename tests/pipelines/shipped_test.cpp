// SPDX-License-Identifier: Apache-2.0
// Every pipeline that ships, run on this machine against loopback.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/config/load.hpp"
#include "tests/support/database.hpp"
#include "tests/support/program.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;
const fs::path shipped = fs::path(WEIR_SOURCE_DIR) / "pipelines";
const std::string loopback = "WEIR_TARGETS=127.0.0.1,127.0.0.2";

bool is_png(const fs::path& file) { return read_text(file).substr(1, 3) == "PNG"; }

/// Where neither raw nor ping sockets are to be had, pings are no rows, and the program says so.
bool pings(const ProgramResult& result) { return result.err.find("setcap") == std::string::npos; }

class Shipped : public ::testing::Test {
 protected:
  ProgramResult run(const std::string& pipeline, std::vector<std::string> more,
                    std::vector<std::string> environment = {}) {
    ProgramRun run;
    run.arguments = {"run", (shipped / pipeline).string(), "--state", (folder_ / "state").string()};
    run.arguments.insert(run.arguments.end(), more.begin(), more.end());
    run.folder = folder_.path();
    run.environment = std::move(environment);
    run.environment.push_back(loopback);
    return run_weir(run);
  }

  TemporaryFolder folder_;
};

TEST_F(Shipped, EachIsValid) {
  ProgramRun run{.arguments = {"validate"}, .folder = WEIR_SOURCE_DIR};
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(shipped)) {
    if (entry.path().extension() != ".yaml" && entry.path().extension() != ".ini") continue;
    run.arguments.push_back(entry.path());
    ++count;
  }
  EXPECT_GE(count, 5U);
  const ProgramResult result = run_weir(run);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
}

TEST_F(Shipped, QuickstartMeasuresLearnsForecastsStoresAndDraws) {
  const ProgramResult result = run("quickstart.yaml", {"--for", "30s"});
  ASSERT_EQ(result.exit_code, 0) << result.err << result.out;
  for (const char* word : {"Data points", "Range", "MAE", "RMSE", "R2", "Skill", "Epochs trained",
                           "Training time", "Test samples", "out/quickstart"}) {
    EXPECT_NE(result.out.find(word), std::string::npos) << word << "\n" << result.out;
  }
  const fs::path store = folder_ / "out/quickstart/weir.db";
  EXPECT_GE(number(store, "SELECT count(*) FROM netdev"), 100);
  EXPECT_EQ(std::fmod(number(store, "SELECT count(*) FROM forecast"), 20), 0);
  EXPECT_GE(number(store, "SELECT count(*) FROM forecast"), 20);
  EXPECT_GE(number(store, "SELECT count(*) FROM training_history"), 1);
  EXPECT_GE(number(store, "SELECT min(bandwidth_mbps) FROM forecast"), 0);
  if (pings(result)) {
    EXPECT_GE(number(store, "SELECT count(*) FROM icmp"), 2 * 25);
    EXPECT_EQ(number(store, "SELECT max(loss_percent) FROM icmp"), 0);
  }
  for (const char* picture :
       {"forecast.png", "training.png", "errors.png", "correlation.png", "bandwidth.png"}) {
    EXPECT_TRUE(is_png(folder_ / ("out/quickstart/" + std::string(picture)))) << picture;
  }
}

TEST_F(Shipped, MonitorStoresWhatItMeasures) {
  const ProgramResult result =
      run("monitor.yaml", {"--for", "4s", "--set", "uplink.interfaces=[lo]"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const fs::path store = folder_ / "out/monitor/weir.db";
  EXPECT_GE(number(store, "SELECT count(*) FROM netdev"), 2);
  if (pings(result)) {
    EXPECT_GE(number(store, "SELECT count(*) FROM icmp"), 4);
    EXPECT_EQ(number(store, "SELECT count(DISTINCT series_id) FROM icmp"), 2);
  }
}

TEST_F(Shipped, TheIniFormSaysTheSameAsTheYamlForm) {
  const auto variable = [](const std::string&) { return std::optional<std::string>(); };
  const auto yaml = core::config::load_pipeline_file(shipped / "monitor.yaml", variable);
  const auto ini = core::config::load_pipeline_file(shipped / "monitor.ini", variable);
  EXPECT_TRUE(yaml.problems.empty());
  EXPECT_TRUE(ini.problems.empty()) << ini.problems.render();
  EXPECT_TRUE(core::config::equal_content(yaml.document.root, ini.document.root));
  const auto drawing = [&](const char* file) {
    return run_weir({.arguments = {"graph", (shipped / file).string(), "--format", "dot"},
                     .folder = folder_.path()})
        .out;
  };
  EXPECT_EQ(drawing("monitor.yaml"), drawing("monitor.ini"));
  const ProgramResult result = run("monitor.ini", {"--for", "3s", "--set", "uplink.interfaces=lo"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_GE(number(folder_ / "out/monitor/weir.db", "SELECT count(*) FROM netdev"), 1);
}

TEST_F(Shipped, ForecastTakesAnyCsv) {
  const std::string example = "history.path=" + (shipped / "example-traffic.csv").string();
  const ProgramResult result = run("forecast.yaml", {"--set", example, "--set", "lstm.epochs=3"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string table = read_text(folder_ / "out/forecast/forecast.csv");
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1 + 12);
  EXPECT_TRUE(is_png(folder_ / "out/forecast/forecast.png"));
}

TEST_F(Shipped, MonitorInfluxAsksAServerThatIsAwayAgainUntilItIsStopped) {
  ProgramRun asking{
      .arguments = {"run", (shipped / "monitor-influx.yaml").string(), "--grace", "1s", "--set",
                    "uplink.interfaces=[lo]", "--state", (folder_ / "state").string()},
      .folder = folder_.path()};
  asking.environment = {loopback, "INFLUX_URL=http://127.0.0.1:9"};
  asking.stop_after = std::chrono::seconds(4);
  asking.timeout = std::chrono::seconds(30);
  const ProgramResult result = run_weir(asking);
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_NE(result.err.find("store: "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("127.0.0.1:9"), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("failed for good"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace weir::test
