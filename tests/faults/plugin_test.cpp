// SPDX-License-Identifier: Apache-2.0
// A plugin that throws, hangs, crashes, eats memory or leaks descriptors in a process of its own:
// the pipeline lives, no row is lost but those that are told, and the node comes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/program.hpp"
#include "tests/support/watched_run.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::int64_t rows = 1000;
constexpr std::int64_t bad_row = 55;  // of the batch of rows 50 to 59

std::string column(const std::string& line, std::size_t index) {
  std::istringstream cells(line);
  std::string cell;
  for (std::size_t i = 0; i <= index; ++i) std::getline(cells, cell, ',');
  return cell;
}

/// The values that a sink wrote, in order.
std::vector<std::int64_t> values_of(const fs::path& csv) {
  std::ifstream file(csv);
  std::string line;
  std::getline(file, line);
  std::size_t value = 0;
  while (column(line, value) != "value" && value < 10) ++value;
  std::vector<std::int64_t> values;
  while (std::getline(file, line)) values.push_back(std::stoll(column(line, value)));
  return values;
}

std::vector<std::int64_t> all_but(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < rows; ++i) {
    if (i < first || i > last) values.push_back(i);
  }
  return values;
}

std::vector<std::int64_t> every_row() { return all_but(rows, rows); }

/// Seconds of "2026-01-02T03:04:05.678Z".
double seconds_of(const std::string& time) {
  std::tm parts{};
  const char* rest = ::strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return static_cast<double>(::timegm(&parts)) +
         (rest != nullptr && *rest == '.' ? std::strtod(rest, nullptr) : 0);
}

class FaultsOfAPlugin : public ::testing::Test {
 protected:
  /// The misbehaving node isolated, between a source and a sink; another sink beside it.
  ProgramResult run(const std::string& options, const std::vector<std::string>& environment = {}) {
    write_text(folder_ / "p.yaml",
               "nodes:\n"
               "  count: {plugin: counting-source, rows: " +
                   std::to_string(rows) +
                   ", pause: 1ms}\n"
                   "  bad: {plugin: misbehaving, inputs: [count], isolation: process, log: times" +
                   options +
                   "}\n"
                   "  through: {plugin: file-sink, inputs: [bad], path: through.csv}\n"
                   "  beside: {plugin: file-sink, inputs: [count], path: beside.csv}\n");
    return run_weir({.arguments = {"run", "p.yaml", "--plugins", FAULTS_PLUGINS, "--plugins",
                                   std::string(WEIR_BUILD_DIR) + "/lib/weir/plugins", "--state",
                                   "state", "--log-format", "json"},
                     .folder = folder_.path(),
                     .environment = environment});
  }

  [[nodiscard]] std::vector<std::int64_t> through() const {
    return values_of(folder_ / "through.csv");
  }
  [[nodiscard]] std::vector<std::int64_t> beside() const {
    return values_of(folder_ / "beside.csv");
  }
  [[nodiscard]] std::vector<std::int64_t> kept_aside() const {
    std::ifstream file(folder_ / "state" / "dead-letters" / "p" / "bad.jsonl");
    std::vector<std::int64_t> values;
    for (std::string line; std::getline(file, line);)
      values.push_back(json::parse(line).at("value").get<std::int64_t>());
    return values;
  }

  /// From the line that tells of the failure to the line of the next instance.
  static void print_time_until_back(const std::string& fault, const std::string& log) {
    std::istringstream lines(log);
    double failed = 0;
    for (std::string line; std::getline(lines, line);) {
      const json entry = json::parse(line, nullptr, false);
      if (!entry.is_object() || entry.value("node", "") != "bad") continue;
      const std::string message = entry.value("message", "");
      const double time = seconds_of(entry.value("time", ""));
      if (message.find("the node restarts in") != std::string::npos) failed = time;
      if (failed > 0 && message.starts_with("opened by process")) {
        std::printf("[ MEASURED ] %-18s node back after %.3f s (goal: 2 s)\n", fault.c_str(),
                    time - failed);
        failed = 0;
      }
    }
  }

  /// Once, then never again: nothing is lost.
  void expect_recovery(const std::string& fault, const std::string& says,
                       const std::string& options = "") {
    const ProgramResult result =
        run(", fault: " + fault + ", row: " + std::to_string(bad_row) + options);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.err.find(says), std::string::npos) << result.err;
    EXPECT_EQ(through(), every_row()) << "each row once, in order";
    EXPECT_EQ(beside(), every_row());
    EXPECT_TRUE(kept_aside().empty());
    print_time_until_back(fault, result.err);
  }

  /// Each time: the third crash puts the node into quarantine.
  void expect_quarantine(const std::string& fault, const std::string& says,
                         const std::string& options = "") {
    const ProgramResult result =
        run(", fault: " + fault + ", row: " + std::to_string(bad_row) + ", times: 1000" + options);
    EXPECT_EQ(result.exit_code, 1) << "a node failed for good";
    EXPECT_NE(result.err.find("quarantined after 3 crashes within a minute, the last: process of "
                              "node 'bad' " +
                              says),
              std::string::npos)
        << result.err;
    EXPECT_EQ(read_text(folder_ / "times").size(), 3U) << "it is not started again";
    EXPECT_EQ(beside(), every_row()) << "the other branch goes on";
    EXPECT_EQ(through(), (std::vector<std::int64_t>{all_but(50, rows)}));
    const auto aside = kept_aside();
    const std::set<std::int64_t> letters(aside.begin(), aside.end());
    for (std::int64_t row = 50; row < 60; ++row)
      EXPECT_TRUE(letters.contains(row)) << "row " << row << " was taken in and is kept aside";
    print_time_until_back(fault + " 3 times", result.err);
  }

  TemporaryFolder folder_;
};

TEST_F(FaultsOfAPlugin, ThrowsOnce) { expect_recovery("throws", "process: thrown on purpose"); }

TEST_F(FaultsOfAPlugin, SegfaultsOnce) {
  expect_recovery("segfaults",
                  "process of node 'bad' ended by SIGSEGV in process(); its input is kept");
}

TEST_F(FaultsOfAPlugin, AbortsOnce) {
  expect_recovery("aborts", "process of node 'bad' ended by SIGABRT in process()");
}

TEST_F(FaultsOfAPlugin, ExitsOnce) {
  expect_recovery("exits", "process of node 'bad' ended with exit code 3 in process()");
}

TEST_F(FaultsOfAPlugin, HangsOnce) {
  // Generous: under a sanitizer and load a healthy call takes a while, too.
  expect_recovery("hangs", "took longer than its call_limit of 3s and was ended in process()",
                  ", call_limit: 3s");
}

TEST_F(FaultsOfAPlugin, EatsMemoryOnce) {
  if (FAULTS_SANITIZED) GTEST_SKIP() << "a sanitizer's own memory is beyond any limit";
  expect_recovery("eats_memory", "process: out of memory", ", memory_limit: 128MiB");
}

TEST_F(FaultsOfAPlugin, LeaksDescriptorsOnce) {
  if (FAULTS_SANITIZED) GTEST_SKIP() << "a sanitizer's checks need descriptors of their own";
  expect_recovery("leaks_descriptors", "process: no descriptor is left", ", open_files: 64");
}

TEST_F(FaultsOfAPlugin, SegfaultsEachTime) { expect_quarantine("segfaults", "ended by SIGSEGV"); }

TEST_F(FaultsOfAPlugin, HangsEachTime) {
  expect_quarantine("hangs", "took longer than its call_limit of 3s", ", call_limit: 3s");
}

TEST_F(FaultsOfAPlugin, ThrowsEachTimeAndOnlyThatBatchIsKeptAside) {
  const ProgramResult result = run(", fault: throws, row: 55, times: 1000");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(through(), all_but(50, 59))
      << "an error is no crash: the node goes on without the batch";
  EXPECT_EQ(beside(), every_row());
  EXPECT_EQ(kept_aside(), (std::vector<std::int64_t>{50, 51, 52, 53, 54, 55, 56, 57, 58, 59}));
}

TEST_F(FaultsOfAPlugin, TheProcessHoldsNoSecretAndNoRight) {
  const std::string secret = "planted-in-an-option";
  const std::string other = "planted-in-the-environment";
  const ProgramResult result =
      run(", tell: true, secret: \"${PLANTED}\"", {"PLANTED=" + secret, "OTHER=" + other});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("environment PATH="), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("command weir isolated-node bad"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("descriptors 0 1 2 3 4\""), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("dumpable 0 no_new_privs 1 secret of " + std::to_string(secret.size())),
            std::string::npos)
      << result.err;
  for (const std::string& text : {secret, other}) {
    EXPECT_EQ(result.err.find(text), std::string::npos);
    EXPECT_EQ(result.out.find(text), std::string::npos);
  }
}

TEST_F(FaultsOfAPlugin, AnIsolatedSourceWaitsForADescriptor) {
  write_text(
      folder_ / "p.yaml",
      "nodes:\n"
      "  timer: {plugin: timer-source, isolation: process}\n"
      "  store: {plugin: file-sink, inputs: [timer], path: through.csv, isolation: process}\n");
  const ProgramResult result = run_weir(
      {.arguments = {"run", "p.yaml", "--plugins", FAULTS_PLUGINS, "--plugins",
                     std::string(WEIR_BUILD_DIR) + "/lib/weir/plugins", "--state", "state"},
       .folder = folder_.path()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(through(), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST(FaultsOfAStop, ReachAProcessThatHangs) {
  WatchedRun run(
      "nodes:\n"
      "  count: {plugin: counting-source}\n"
      "  bad: {plugin: misbehaving, inputs: [count], isolation: process, log: times, fault: "
      "hangs, call_limit: 1h}\n"
      "  through: {plugin: file-sink, inputs: [bad], path: through.csv}\n",
      {"--plugins", FAULTS_PLUGINS, "--plugins", std::string(WEIR_BUILD_DIR) + "/lib/weir/plugins",
       "--grace", "1s"});
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(run.folder() / "times"); }));
  EXPECT_EQ(run.stop().exit_code, 130);
  EXPECT_NE(run.log().find("bad was still in its call of process"), std::string::npos) << run.log();
}

/// A ramp, learned by a model, its forecast stored; what it learns from is stored beside it.
class FaultsOfAModel : public FaultsOfAPlugin {
 protected:
  ProgramResult learn(const std::string& model) {
    write_text(folder_ / "p.yaml",
               "nodes:\n"
               "  count: {plugin: counting-source, rows: 1000}\n"
               "  m: {inputs: [count], target: value, features: [value], horizon: 3, " +
                   model +
                   "}\n"
                   "  ahead: {plugin: file-sink, inputs: [m], path: ahead.csv}\n"
                   "  beside: {plugin: file-sink, inputs: [count], path: beside.csv}\n");
    return run_weir(
        {.arguments = {"run", "p.yaml", "--plugins", FAULTS_PLUGINS, "--plugins", FAULTS_MODELS,
                       "--plugins", std::string(WEIR_BUILD_DIR) + "/lib/weir/plugins", "--state",
                       "state", "--log-format", "json"},
         .folder = folder_.path()});
  }
};

TEST_F(FaultsOfAModel, OneInAProcessForecastsAsOneInTheEngine) {
  const std::string model = "plugin: auto-model, models: [drift-model, ridge-model]";
  const ProgramResult isolated = learn(model + ", isolation: process");
  ASSERT_EQ(isolated.exit_code, 0) << isolated.err;
  const std::string ahead = read_text(folder_ / "ahead.csv");
  std::filesystem::remove(folder_ / "ahead.csv");
  const ProgramResult plain = learn(model);
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_EQ(std::count(ahead.begin(), ahead.end(), '\n'), 4) << "a head and three steps";
  EXPECT_EQ(ahead, read_text(folder_ / "ahead.csv"));
}

TEST_F(FaultsOfAModel, ACrashWhileItLearnsIsHealed) {
  const ProgramResult result = learn("plugin: brittle, isolation: process, crash: fit, log: times");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("ended by SIGABRT in fit(); it is done again"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_text(folder_ / "times").size(), 1U);
  const std::string ahead = read_text(folder_ / "ahead.csv");
  EXPECT_EQ(std::count(ahead.begin(), ahead.end(), '\n'), 4);
}

TEST_F(FaultsOfAModel, OneThatCrashesEachTimeIsQuarantined) {
  const ProgramResult result =
      learn("plugin: brittle, isolation: process, crash: fit, times: 1000, log: times");
  EXPECT_EQ(result.exit_code, 1) << "a node failed for good";
  EXPECT_NE(result.err.find("quarantined after 3 crashes, the last: process of node 'm' ended by "
                            "SIGABRT in fit()"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(read_text(folder_ / "times").size(), 3U) << "it is not started again";
  EXPECT_EQ(beside(), every_row()) << "the other branch goes on";
}

}  // namespace
}  // namespace weir::test
