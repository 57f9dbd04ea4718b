// SPDX-License-Identifier: Apache-2.0
#include "node_run.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "ares_lookups.hpp"
#include "icmp_source.hpp"
#include "tests/support/live_node.hpp"

namespace weir::bench {
namespace {

std::string asked_servers;  // by the node of this process

icmp_source::World bench_world() {
  icmp_source::World world = icmp_source::this_machine();
  world.lookups = [] { return probing::ares_lookups(asked_servers); };
  return world;
}

struct Node : icmp_source::IcmpSource {
  Node() : IcmpSource(bench_world()) {}
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double quantile(std::vector<float>& values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank),
                   values.end());
  return static_cast<double>(values[rank]);
}

// Sums up the rows and throws them away.
class Sum {
 public:
  void take(const Batch& batch) {
    const auto sum = [&](const char* column) {
      double total = 0;
      for (const std::int64_t value : batch.column(column).integers())
        total += static_cast<double>(value);
      return total;
    };
    result_.sent += sum("sent");
    result_.received += sum("received");
    result_.lost += sum("lost");
    result_.late += sum("late");
    result_.unstamped += sum("unstamped");
    result_.dropped = std::max(result_.dropped, sum("receive_dropped"));
    const Column& stall = batch.column("host_stall_ms");
    const Column& rtt = batch.column("rtt_p50_ms");
    for (std::size_t row = 0; row < batch.rows() && stalls_.size() < kept; ++row) {
      if (stall.valid(row)) stalls_.push_back(static_cast<float>(stall.number(row)));
      if (rtt.valid(row)) round_trips_.push_back(static_cast<float>(rtt.number(row)));
    }
  }
  NodeResult result(double seconds, double cpu_s) {
    result_.seconds = seconds;
    result_.cpu_s = cpu_s;
    result_.stall_p50_ms = quantile(stalls_, 0.5);
    result_.stall_p99_ms = quantile(stalls_, 0.99);
    result_.rtt_p50_us = 1e3 * quantile(round_trips_, 0.5);
    result_.rtt_p99_us = 1e3 * quantile(round_trips_, 0.99);
    return result_;
  }

 private:
  // Some rows are as good as all, and memory is measured here.
  static constexpr std::size_t kept = 20'000;
  NodeResult result_;
  std::vector<float> stalls_, round_trips_;
};

}  // namespace

std::vector<double> NodeResult::numbers() const {
  return {seconds, cpu_s,     sent,         received,     lost,       late,
          dropped, unstamped, stall_p50_ms, stall_p99_ms, rtt_p50_us, rtt_p99_us};
}

NodeResult NodeResult::of(const std::vector<double>& n) {
  if (n.size() != 12) return {};
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11]};
}

NodeResult run_node(const std::vector<std::pair<std::string, std::string>>& options, double seconds,
                    const std::string& dns_servers) {
  asked_servers = dns_servers;
  Sum sum;
  test::LiveNode<Node> node(options, [&](const Batch& batch) { sum.take(batch); });
  const auto begin = std::chrono::steady_clock::now();
  const auto passed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const double cpu = cpu_seconds();
  node.run_while([&] { return passed() < seconds; });
  const double took = passed();
  const double used = cpu_seconds() - cpu;
  node.finish();
  return sum.result(took, used);
}

}  // namespace weir::bench
