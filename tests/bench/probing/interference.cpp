// SPDX-License-Identifier: Apache-2.0
// Trouble beside 100 targets: how late do their probes leave? Lateness is from the tick of 1 ms
// that a probe is due in to its SCHED stamp.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

#include "cases.hpp"
#include "node_run.hpp"
#include "program_run.hpp"
#include "testing/dns_server.hpp"

namespace weir::bench {
namespace {

namespace fs = std::filesystem;

constexpr double goal_ms = 2;
constexpr int targets = 100;

std::string write_targets(const Setting& setting, const std::string& names) {
  const fs::path path = setting.folder / (names + "targets.txt");
  std::ofstream file(path);
  for (int i = 0; i < targets && !names.empty(); ++i) file << names << i << ".test\n";
  for (int i = 1; i <= targets; ++i) file << "127.0.1." << i << '\n';
  return path.string();
}

void print(const char* what, double p50, double p99, const std::string& more) {
  std::printf("%-30s sent late p50 %.3f p99 %.3f ms (goal %.0f ms: %s)%s\n", what, p50, p99,
              goal_ms, p99 <= goal_ms ? "held" : "MISSED", more.c_str());
}

void with_names(const char* what, const Setting& setting, const std::string& names,
                const std::string& servers, double seconds, const std::function<int()>& asked) {
  const std::string file = write_targets(setting, names);
  const Cost cost = measure([&] {
    return run_node({{"targets_file", file}, {"tick", "1ms"}}, seconds, servers).numbers();
  });
  const NodeResult node = NodeResult::of(cost.report);
  if (!cost.ok || node.sent == 0) {
    std::printf("%-30s failed\n", what);
    return;
  }
  std::string more = "; lost " + std::to_string(static_cast<int>(node.lost));
  if (asked) more += "; the server was asked " + std::to_string(asked()) + " times";
  print(what, node.stall_p50_ms, node.stall_p99_ms, more);
}

/// Reads 10 MB/s from a pipe, then nothing for a while, then all that is left.
class StallingReader {
 public:
  StallingReader(const fs::path& pipe, double flow_s, double stall_s) {
    if (::mkfifo(pipe.c_str(), 0600) != 0) throw std::runtime_error("no pipe");
    fd_ = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    // With the usual 64 KiB no more than 6.5 MB/s fit through, a look each 10 ms.
    (void)::fcntl(fd_, F_SETPIPE_SZ, 1 << 20);
    thread_ = std::thread([this, flow_s, stall_s] { run(flow_s, stall_s); });
  }
  StallingReader(const StallingReader&) = delete;
  StallingReader& operator=(const StallingReader&) = delete;
  ~StallingReader() {
    stop_ = true;
    thread_.join();
    ::close(fd_);
  }
  [[nodiscard]] double flowed_mb() const { return flowed_; }

 private:
  void run(double flow_s, double stall_s) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    std::array<char, 100'000> part;  // each 10 ms
    double bytes = 0;
    while (!stop_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      const double now = passed();
      if (now >= flow_s && now < flow_s + stall_s) continue;
      ssize_t got = ::read(fd_, part.data(), part.size());
      if (now < flow_s && got > 0) flowed_ = (bytes += static_cast<double>(got)) / 1e6;
      while (now >= flow_s && got > 0) got = ::read(fd_, part.data(), part.size());
    }
  }

  int fd_ = -1;
  std::atomic<bool> stop_ = false;
  std::atomic<double> flowed_ = 0;
  std::thread thread_;
};

void with_stalled_sink(const Setting& setting) {
  const char* what = "a 10 MB/s sink stalls";
  if (weir_program().empty()) {
    std::printf("%-30s skipped: the program weir is not built\n", what);
    return;
  }
  const fs::path folder = setting.folder / "stall";
  fs::create_directory(folder);
  constexpr double flow_s = 5;
  StallingReader reader(folder / "pipe.jsonl", flow_s, setting.stall_seconds);
  const std::string pipeline =
      "nodes:\n"
      "  ping: {plugin: icmp-source, targets_file: " +
      write_targets(setting, "") +
      ", tick: 1ms, required: true}\n"
      "  load: {plugin: synthetic-source, series: [a, b, c, d], step: 1s, rows: 100000000}\n"
      "  fast: {plugin: file-sink, inputs: [ping], path: " +
      (folder / "fast.jsonl").string() +
      "}\n"
      "  slow: {plugin: file-sink, inputs: [ping, load], append: false, path: " +
      (folder / "pipe.jsonl").string() + "}\n";
  const Cost cost = run_pipeline(folder, pipeline, flow_s + setting.stall_seconds + 2);
  const Lateness late = lateness_of(folder / "fast.jsonl");
  if (!cost.ok || late.rows == 0) {
    std::printf("%-30s failed: %s\n", what, cost.text.c_str());
    return;
  }
  std::array<char, 100> more{};
  std::snprintf(more.data(), more.size(), "; %zu rows, worst %.1f ms; %.1f MB/s before the stall",
                late.rows, late.worst_ms, reader.flowed_mb() / flow_s);
  print(what, late.p50_ms, late.p99_ms, more.data());
}

}  // namespace

void interference(const Setting& setting) {
  with_names("nothing beside 100", setting, "", "", setting.seconds, {});
  with_names("100 dead names beside 100", setting, "dead-", "", setting.seconds, {});
  const probing::testing::DnsServer server(
      [](const auto&) { return probing::testing::DnsServer::Answer{}; });
  with_names("DNS stalled beside 100", setting, "stalled-", server.place(), setting.stall_seconds,
             [&] { return server.asked(); });
  with_stalled_sink(setting);
}

}  // namespace weir::bench
