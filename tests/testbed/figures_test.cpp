// SPDX-License-Identifier: Apache-2.0
// The figures of an interval are the sums of what became of its probes, which the path's log knows.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/testpath/judge.hpp"
#include "core/testpath/observations.hpp"
#include "core/testpath/path.hpp"
#include "tests/support/program.hpp"

namespace weir::testbed {
namespace {

using namespace core::testpath;
using nlohmann::json;
using test::read_text;
using test::TemporaryFolder;

constexpr auto timeout = std::chrono::milliseconds(500);

/// Both kinds of rows, of two targets.
constexpr const char* pipeline =
    "nodes:\n"
    "  probe:  {plugin: icmp-source, targets: [10.77.0.8, 10.77.0.9], interval: 500ms, count: "
    "100,\n"
    "           tick: 1ms, timeout: 500ms, per_probe: true, required: true}\n"
    "  rows:   {plugin: file-sink, inputs: [probe], path: rows.jsonl}\n"
    "  probes: {plugin: file-sink, inputs: [probe.probes], path: probes.jsonl}\n";

std::vector<json> read_lines(const std::filesystem::path& file) {
  std::istringstream lines(read_text(file));
  std::vector<json> all;
  for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
  return all;
}

struct Sums {
  std::int64_t sent = 0, received = 0, late = 0, duplicates = 0, reordered = 0, longest_burst = 0;
  double least_rtt_ms = 1e9;
};

std::map<std::string, Sums> of_intervals(const std::vector<json>& rows) {
  std::map<std::string, Sums> all;
  for (const json& row : rows) {
    Sums& sums = all[row["target"]];
    const auto number = [&](const char* key) { return row[key].get<std::int64_t>(); };
    sums.sent += number("sent");
    sums.received += number("received");
    sums.late += number("late");
    sums.duplicates += number("duplicates");
    sums.reordered += number("reordered");
    sums.longest_burst = std::max(sums.longest_burst, number("longest_loss_burst"));
    EXPECT_EQ(number("lost"), number("sent") - number("received"));
    if (number("sent") > 0) {
      EXPECT_NEAR(row["loss_percent"].get<double>(),
                  100.0 * static_cast<double>(number("lost")) / static_cast<double>(number("sent")),
                  1e-9);
    }
    if (number("received") > 0)
      sums.least_rtt_ms = std::min(sums.least_rtt_ms, row["rtt_min_ms"].get<double>());
  }
  return all;
}

std::map<std::string, Sums> of_probes(std::vector<json> rows) {
  std::sort(rows.begin(), rows.end(), [](const json& left, const json& right) {
    // Numbers may wrap round 2^32.
    return static_cast<std::int32_t>(left["probe"].get<std::uint32_t>() -
                                     right["probe"].get<std::uint32_t>()) < 0;
  });
  std::map<std::string, Sums> all;
  std::map<std::string, std::int64_t> burst;
  for (const json& row : rows) {
    const std::string target = row["target"];
    Sums& sums = all[target];
    const std::string outcome = row["outcome"];
    ++sums.sent;
    sums.received += outcome == "received" ? 1 : 0;
    sums.late += outcome == "late" ? 1 : 0;
    sums.duplicates += row["duplicates"].get<std::int64_t>();
    sums.reordered += row["reordered"].get<bool>() ? 1 : 0;
    burst[target] = outcome == "received" ? 0 : burst[target] + 1;
    sums.longest_burst = std::max(sums.longest_burst, burst[target]);
    if (outcome == "received")
      sums.least_rtt_ms = std::min(sums.least_rtt_ms, row["rtt_ms"].get<double>());
  }
  return all;
}

/// Becomes `weir run p.yaml` in this folder.
int become_run(const std::filesystem::path& folder) {
  if (::chdir(folder.c_str()) != 0) return 1;
  const std::string program = std::string(WEIR_BUILD_DIR) + "/bin/weir";
  ::execl(program.c_str(), "weir", "run", "p.yaml", "--for", "4s", "--state", "state", "--user",
          "root", nullptr);
  return 127;
}

TEST(Figures, OfAnIntervalAreTheSumsOfItsProbes) {
  if (const auto reason = why_no_path()) GTEST_SKIP() << *reason;
  const TemporaryFolder folder;
  test::write_text(folder / "p.yaml", pipeline);
  const PathSettings settings{
      .impairments = parse_impairments(
          "delay=20ms loss=3% gilbert=2%/30% duplicate=4%/2ms hold=4%/730ms seed=21"),
      .log = folder / "truth"};
  ASSERT_EQ(run_in_path(settings, [&] { return become_run(folder.path()); }), 0);

  const Verdict verdict =
      judge(parse_truth(read_text(folder / "truth")),
            parse_observations(read_text(folder / "probes.jsonl")), {.timeout = timeout});
  EXPECT_TRUE(verdict.identical()) << differences(verdict);
  EXPECT_GT(verdict.lost.both, 0U);
  EXPECT_GT(verdict.late.both, 0U);
  EXPECT_GT(verdict.duplicate.both, 0U);
  EXPECT_GT(verdict.reordered.both, 0U);

  const auto intervals = of_intervals(read_lines(folder / "rows.jsonl"));
  const auto probes = of_probes(read_lines(folder / "probes.jsonl"));
  ASSERT_EQ(intervals.size(), 2U);
  ASSERT_EQ(probes.size(), 2U);
  for (const auto& [target, sums] : intervals) {
    const Sums& truth = probes.at(target);
    EXPECT_GT(truth.sent, 100) << target;
    EXPECT_EQ(sums.sent, truth.sent) << target;
    EXPECT_EQ(sums.received, truth.received) << target;
    EXPECT_EQ(sums.late, truth.late) << target;
    EXPECT_EQ(sums.duplicates, truth.duplicates) << target;
    EXPECT_EQ(sums.reordered, truth.reordered) << target;
    EXPECT_EQ(sums.longest_burst, truth.longest_burst) << target;
    EXPECT_NEAR(sums.least_rtt_ms, truth.least_rtt_ms, 1e-6) << target;
    EXPECT_GE(sums.least_rtt_ms, 20) << "the path delays by so much";
  }
}

}  // namespace
}  // namespace weir::testbed
