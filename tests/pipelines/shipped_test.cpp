// SPDX-License-Identifier: Apache-2.0
// Every pipeline that ships, run on this machine against loopback.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

/// A TCP socket of 127.0.0.1, with a port of the kernel's choice.
class LoopbackSocket {
 public:
  explicit LoopbackSocket(bool listens) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&name), size), 0);
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size), 0);
    EXPECT_TRUE(!listens || ::listen(fd_, 64) == 0);
    port_ = ntohs(name.sin_port);
  }
  LoopbackSocket(const LoopbackSocket&) = delete;
  LoopbackSocket& operator=(const LoopbackSocket&) = delete;
  ~LoopbackSocket() { ::close(fd_); }
  [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int fd_;
  int port_ = 0;
};

TEST_F(Shipped, ServicesStoresWhatComesAndWhyTheRestDoesNot) {
  const LoopbackSocket listening(true);
  const LoopbackSocket closed(false);
  const ProgramResult result = run("services.yaml",
                                   {"--for", "4s", "--set", "names.interval=500ms", "--set",
                                    "connections.interval=500ms", "--set", "pages.interval=500ms"},
                                   {"WEIR_DNS_SERVERS=" + closed.place(), "WEIR_DNS_NAMES=a.test",
                                    "WEIR_TCP_TARGETS=" + listening.place() + "," + closed.place(),
                                    "WEIR_URLS=http://" + closed.place() + "/?token=hush"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ((result.out + result.err).find("hush"), std::string::npos) << result.out << result.err;
  const fs::path store = folder_ / "out/services/weir.db";
  EXPECT_GE(number(store, "SELECT count(*) FROM tcp WHERE outcome = 'received'"), 2);
  EXPECT_GE(number(store, "SELECT count(*) FROM tcp WHERE outcome = 'refused'"), 2);
  EXPECT_EQ(number(store,
                   "SELECT count(*) FROM tcp WHERE (outcome = 'received') = "
                   "(loss_percent = 100)"),
            0);
  EXPECT_GE(number(store, "SELECT count(*) FROM dns WHERE outcome = 'refused'"), 2);
  EXPECT_GE(number(store, "SELECT count(*) FROM http WHERE outcome = 'refused'"), 2);
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

/// Twenty days by the hour with a daily rhythm that no model can miss.
std::string rhythm_csv() {
  std::string text = "time,mbps\n";
  for (int row = 0; row < 480; ++row) {
    const int day = 1 + row / 24;
    const int hour = row % 24;
    const double value = 50 + 20 * std::sin(hour / 24.0 * 6.283) + row * 37 % 11;
    text += "2026-03-" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T" +
            (hour < 10 ? "0" : "") + std::to_string(hour) + ":00:00Z," + std::to_string(value) +
            "\n";
  }
  return text;
}

TEST_F(Shipped, CompareSaysWhichModelForecastsBest) {
  write_text(folder_ / "traffic.csv", rhythm_csv());
  const ProgramResult result = run(
      "compare.yaml", {"--set", "history.path=traffic.csv", "--set", "lstm.epochs=2", "--set",
                       "boosted_trees.rounds=5", "--set", "auto.models=[ets-model,ridge-model]"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* model : {"naive", "seasonal_naive", "drift", "ets", "ridge", "decomposition",
                            "boosted_trees", "lstm", "auto"}) {
    const std::string line = std::string("  ") + model + "  ";
    EXPECT_NE(result.out.find("\n" + line), std::string::npos) << model << "\n" << result.out;
    EXPECT_NE(result.err.find(line), std::string::npos) << model << "\n" << result.err;
  }
  EXPECT_NE(result.err.find("board: history.mbps: 12 steps ahead"), std::string::npos);
  // Whatever knows the hour is better than the last value, and not by luck.
  EXPECT_NE(result.err.find("better (p < 0.001)"), std::string::npos) << result.err;
  const fs::path store = folder_ / "out/compare/weir.db";
  EXPECT_EQ(number(store, "SELECT count(*) FROM scoreboard"), 9 * 13);  // 12 steps, and all
  EXPECT_EQ(number(store, "SELECT count(*) FROM scoreboard WHERE place = 1"), 13);
  EXPECT_EQ(number(store, "SELECT count(DISTINCT forecasts) FROM scoreboard"), 2);
  EXPECT_TRUE(is_png(folder_ / "out/compare/scoreboard.png"));
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
