// SPDX-License-Identifier: Apache-2.0
//
// CPU (user and kernel) of one sample of all interfaces, in a network namespace of its own, with a
// few and with 500 of them (veth pairs and lo): netdev-source's reader (an RTM_GETSTATS dump, and
// the events of names), the whole node (rates and rows too), and beside them, taking turns in the
// same run, reading and parsing /proc/net/dev. Medians of rounds of many samples.
//
//   netdev_sample [SAMPLES]     samples a round, default: 400; nine rounds
#include <sys/utsname.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <weir/plugin.hpp>
#include <weir/testing.hpp>

#include "../../plugins/netdev-source/tests/network_namespace.hpp"
#include "channel_linux.hpp"
#include "netdev_source.hpp"

namespace {

using namespace weir::netdev_source;
constexpr int rounds = 9;

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Contestant {
  const char* name;
  std::function<std::size_t()> sample;  // how many interfaces it saw
  std::vector<double> microseconds{};
  std::size_t seen = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(int samples) {
  const Clock clock = [] { return Nanos(std::chrono::steady_clock::now().time_since_epoch()); };
  NetlinkReader reader({open_channel, Machine()}, false);
  const Machine machine;
  weir::testing::Bench<NetdevSource> node({{"interfaces", "all"}, {"interval", "1s"}}, {});
  static_cast<void>(node.produce());
  std::vector<Contestant> contestants{
      {"RTM_GETSTATS (netdev-source's reader)", [&] { return reader.read(clock).measured.size(); }},
      {"/proc/net/dev, read and parsed", [&] { return machine.interfaces().interfaces.size(); }},
      {"netdev-source, the whole node", [&] {
         node.set_now(node.now() + std::chrono::seconds(1));
         static_cast<void>(node.produce());
         std::size_t rows = 0;
         for (const weir::Batch& batch : node.take()) rows += batch.rows();
         return rows;
       }}};
  for (int round = 0; round < rounds; ++round) {
    for (Contestant& one : contestants) {
      one.seen = one.sample();
      const double begin = cpu_seconds();
      for (int i = 0; i < samples; ++i) one.seen = std::min(one.seen, one.sample());
      one.microseconds.push_back((cpu_seconds() - begin) / samples * 1e6);
    }
  }
  const double netlink = median(contestants[0].microseconds);
  for (const Contestant& one : contestants) {
    std::printf("  %-40s %3zu interfaces  %8.1f us CPU a sample (least %.1f)  %.2fx\n", one.name,
                one.seen, median(one.microseconds),
                *std::min_element(one.microseconds.begin(), one.microseconds.end()),
                median(one.microseconds) / netlink);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int samples = argc > 1 ? std::max(1, std::atoi(argv[1])) : 400;
  utsname system{};
  uname(&system);
  std::printf("%s, %u cores, Linux %s, median of %d rounds of %d samples\n", cpu_model().c_str(),
              std::thread::hardware_concurrency(), system.release, rounds, samples);
  if (const std::string why_not = test::enter_own_namespace(); !why_not.empty()) {
    std::fprintf(stderr, "netdev_sample: %s; run it as root\n", why_not.c_str());
    return 1;
  }
  std::printf("few (lo and what a pair takes):\n");
  test::add_cable("v0", "w0");
  compare(samples);
  for (int pair = 1; pair < 250; ++pair)
    test::add_cable("v" + std::to_string(pair), "w" + std::to_string(pair));
  std::printf("500 and lo:\n");
  compare(samples);
  return 0;
}
