// SPDX-License-Identifier: Apache-2.0
#include "cases.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "bare_loop.hpp"
#include "child.hpp"
#include "node_run.hpp"

namespace weir::bench {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

// 127.0.0.1 and up: all of 127.0.0.0/8 answers.
std::string write_targets(const Setting& setting, int targets) {
  const auto path = setting.folder / (std::to_string(targets) + ".txt");
  std::ofstream file(path);
  for (int i = 1; i <= targets; ++i)
    file << "127." << i / 62500 << '.' << i / 250 % 250 << '.' << i % 250 + 1 << '\n';
  return path.string();
}

struct Run {
  Cost cost;
  NodeResult node;
};
Run run(const Options& options, double seconds) {
  Cost cost = measure([&] { return run_node(options, seconds).numbers(); });
  const NodeResult node = NodeResult::of(cost.report);
  return {std::move(cost), node};
}

void print(const char* what, const Setting& setting, const Run& run) {
  const NodeResult& node = run.node;
  if (!run.cost.ok || node.sent == 0) {
    std::printf("%-30s failed\n", what);
    return;
  }
  std::printf(
      "%-30s %8.1f µs/probe %6.1f %% core %9.0f probes/s  lost %.0f late %.0f dropped %.0f "
      "unstamped %.0f  +%.1f MB\n",
      what, 1e6 * node.cpu_s / node.sent, 100 * node.cpu_s / node.seconds, node.sent / node.seconds,
      node.lost, node.late, node.dropped, node.unstamped, run.cost.peak_mb - setting.base_mb);
  std::printf("%-30s host late p50 %.3f p99 %.3f ms · rtt p50 %.1f p99 %.1f µs\n", "",
              node.stall_p50_ms, node.stall_p99_ms, node.rtt_p50_us, node.rtt_p99_us);
}

// fping -q prints a line a target: "127.0.0.1 : xmt/rcv/%loss = 6/6/0%, …".
std::pair<double, double> counted_by_fping(const std::string& text) {
  double sent = 0, received = 0;
  for (std::size_t at = text.find("%loss = "); at != std::string::npos;
       at = text.find("%loss = ", at + 1)) {
    int out = 0, in = 0;
    if (std::sscanf(text.c_str() + at, "%%loss = %d/%d/", &out, &in) == 2)
      sent += out, received += in;
  }
  return {sent, received};
}

double print_fping(const char* what, const Cost& cost) {
  const auto [sent, received] = counted_by_fping(cost.text);
  if (sent == 0) {
    std::printf("%-30s failed: %.80s\n", what, cost.text.c_str());
    return 0;
  }
  std::printf(
      "%-30s %8.1f µs/probe %6.1f %% core %9.0f probes/s  lost %.0f  peak %.1f MB  (%.1f s)\n",
      what, 1e6 * cost.cpu_s / sent, 100 * cost.cpu_s / cost.wall_s, sent / cost.wall_s,
      sent - received, cost.peak_mb, cost.wall_s);
  return 1e6 * cost.cpu_s / sent;
}

}  // namespace

void measure_base(Setting& setting) {
  const Run alone = run({{"targets", "127.0.0.1"}}, 1.5);
  setting.base_mb = alone.cost.peak_mb;
  std::printf("%-30s %.1f MB: memory below is above this\n", "one target", setting.base_mb);
}

void paced(const Setting& setting, int targets, const std::string& tick) {
  const std::string file = write_targets(setting, targets);
  const std::string what = std::to_string(targets) + " at 1 Hz, tick " + tick;
  print(what.c_str(), setting, run({{"targets_file", file}, {"tick", tick}}, setting.seconds));
}

void fping_paced(const Setting& setting, int targets) {
  if (!setting.fping) return;
  const std::string file = write_targets(setting, targets);
  // Evenly paced: a probe each 1/targets of a second, each target once a second.
  const std::string pause = std::to_string(1000.0 / targets);
  const std::string rounds = std::to_string(std::max(2, static_cast<int>(setting.seconds)));
  const std::string what = "  fping, " + std::to_string(targets) + " at 1 Hz";
  static_cast<void>(print_fping(what.c_str(), measure_program({"fping", "-q", "-c", rounds, "-p",
                                                               "1000", "-i", pause, "-f", file})));
}

// In turns, and the best of each: on a shared machine the best is the code, the rest the
// neighbours.
void flood(const Setting& setting) {
  constexpr int turns = 3;
  const std::string file = write_targets(setting, 1000);
  BareResult bare;
  Run ours;
  const auto cost = [](double cpu_s, double sent) { return sent > 0 ? 1e6 * cpu_s / sent : 1e9; };
  for (int turn = 0; turn < turns; ++turn) {
    const Cost loop = measure([&] {
      const BareResult result = bare_loop(setting.seconds / turns);
      return std::vector{result.seconds, result.cpu_s, result.sent, result.received};
    });
    const auto& n = loop.report;
    if (n.size() == 4 && cost(n[1], n[2]) < cost(bare.cpu_s, bare.sent))
      bare = {n[0], n[1], n[2], n[3]};
    // More than can be sent, so that the rate is what the machine gives.
    Run next = run({{"targets_file", file}, {"count", "400"}}, setting.seconds / turns);
    if (cost(next.node.cpu_s, next.node.sent) < cost(ours.node.cpu_s, ours.node.sent))
      ours = std::move(next);
  }
  const double bare_us = cost(bare.cpu_s, bare.sent);
  if (bare.sent > 0) {
    std::printf("%-30s %8.1f µs/probe %6.1f %% core %9.0f probes/s  lost %.0f\n",
                "flood: bare sendmmsg/recvmmsg", bare_us, 100 * bare.cpu_s / bare.seconds,
                bare.sent / bare.seconds, bare.sent - bare.received);
  }
  print("flood: icmp-source", setting, ours);
  if (bare.sent > 0 && ours.node.sent > 0)
    std::printf("%-30s %8.2f × the bare loop\n", "",
                cost(ours.node.cpu_s, ours.node.sent) / bare_us);
  if (!setting.fping) return;
  static_cast<void>(print_fping("  fping, flood", measure_program({"fping", "-q", "-c", "60", "-p",
                                                                   "1", "-i", "0", "-f", file})));
}

}  // namespace weir::bench
