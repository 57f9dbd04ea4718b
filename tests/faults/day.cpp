// SPDX-License-Identifier: Apache-2.0
// A day of a pipeline like monitor.yaml in virtual time: real plugins, a real store, a model that
// learns; only the measuring is made up. Memory and descriptors must stay as they are.
//
// usage: day [--hours 24] [--interval 1s]
#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/node_factory.hpp"
#include "core/cli/pipeline.hpp"
#include "core/config/load.hpp"
#include "core/graph/bind.hpp"
#include "core/plugin/probe.hpp"
#include "core/runtime/runner.hpp"
#include "core/runtime/simulated_executor.hpp"
#include "weir/abi.h"

namespace {

namespace fs = std::filesystem;
using namespace weir;
using namespace weir::core;

constexpr const char* pipeline = R"(nodes:
  ping: {plugin: icmp-source, targets: [127.0.0.1]}
  uplink: {plugin: netdev-source, interfaces: [lo]}
  grid: {plugin: aligner, inputs: [uplink], step: 10s, fill: last, fill_limit: 30s}
  model:
    plugin: ridge-model
    inputs: [grid]
    target: "uplink.bandwidth_mbps*"
    sequence_length: 12
    horizon: 6
    min_rows: 360
    retrain: 1h
    retrain_window: 2h
  store:
    plugin: sqlite-sink
    inputs: [ping, uplink, model.forecast, model.scores, model.training, model.evaluation, model.alerts]
    path: ${STORE}
)";

struct Arguments {
  std::chrono::hours hours{24};
  Duration interval = std::chrono::seconds{1};
};

/// Pings or counters, a row of each series an interval, with a daily rhythm.
class Made final : public NodeInstance {
 public:
  Made(bool pings, Duration interval, const weir_host& host)
      : pings_(pings), interval_(interval), host_(host) {}
  void open() override {}
  Next produce(Emitter& out) override {
    const std::int64_t now = host_.now(host_.self);
    const double hour = static_cast<double>(now / 1'000'000'000 % 86'400) / 3600;
    const double value = 50 + 40 * std::sin(hour / 24 * 6.283) + static_cast<double>(now_++ % 7);
    out.emit(0, pings_ ? pings(now, value) : counters(now, value));
    return Wait{Timestamp{Duration{now}} + interval_};
  }
  void process(std::uint32_t, const Batch&, Emitter&) override {}
  void end_input(std::uint32_t, Emitter&) override {}
  void on_time(Timestamp, Emitter&) override {}
  void flush() override {}
  void finish(Reason, Emitter&) override {}

 private:
  static Batch pings(std::int64_t now, double value) {
    BatchBuilder rows("icmp");
    const auto target = rows.tag("target");
    const auto loss = rows.field<double>("loss_percent", "%");
    const auto rtt = rows.field<double>("rtt_avg_ms", "ms");
    for (const char* to : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
      rows.row(now).set(target, to).set(loss, 0.0).set(rtt, value / 10);
    return rows.build();
  }
  static Batch counters(std::int64_t now, double value) {
    BatchBuilder rows("netdev");
    const auto interface = rows.tag("interface");
    const auto rate = rows.field<double>("bandwidth_mbps", "Mbit/s");
    rows.row(now).set(interface, "eth0").set(rate, value);
    return rows.build();
  }
  bool pings_;
  Duration interval_;
  const weir_host& host_;
  std::int64_t now_ = 0;
};

struct Sample {
  double hour = 0;
  double resident_mib = 0;
  int descriptors = 0;
};

Sample take_sample(double hour) {
  Sample sample{hour, 0, 0};
  long pages = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  sample.resident_mib =
      static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    (void)entry;
    ++sample.descriptors;
  }
  return sample;
}

/// MiB a day, by least squares.
double slope(const std::vector<Sample>& samples) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const Sample& sample : samples) {
    n += 1;
    x += sample.hour;
    y += sample.resident_mib;
    xx += sample.hour * sample.hour;
    xy += sample.hour * sample.resident_mib;
  }
  return 24 * (n * xy - x * y) / (n * xx - x * x);
}

Graph read_graph(Registry& registry, const fs::path& store) {
  config::Loaded loaded = config::load_pipeline_text(
      "day.yaml", pipeline, [&](const std::string& name) -> std::optional<std::string> {
        return name == "STORE" ? std::optional(store.string()) : std::nullopt;
      });
  Graph graph = bind(loaded.document, registry, cli::harness_description(), loaded.problems);
  if (loaded.problems.has_errors()) throw Error(loaded.problems.render());
  return graph;
}

std::vector<Sample> run_day(const Arguments& arguments, const fs::path& folder) {
  Registry registry =
      cli::make_registry({WEIR_BUILD_DIR "/lib/weir/plugins"}, {}, Registry::Use::load);
  const Graph graph = read_graph(registry, folder / "weir.db");
  const runtime::Factory plugins = cli::make_factory(graph, {}, model_finder(registry));
  const Timestamp start{std::chrono::seconds{1'800'000'000}};
  runtime::RunOptions options = runtime::simulated_run(start, 1);
  options.run_for = arguments.hours;
  options.query = [](const std::string&, const char* extension) -> const void* {
    static const char yes = 1;
    return std::string_view(extension) == learn_at_once_extension ? &yes : nullptr;
  };
  options.log = [](Level level, std::string_view node, std::string_view text) {
    if (level >= Level::error)
      std::printf("  %.*s: %.*s\n", static_cast<int>(node.size()), node.data(),
                  static_cast<int>(text.size()), text.data());
  };
  std::vector<Sample> samples;
  options.trace = [&](const runtime::TraceEvent& event) {
    const double hour = std::chrono::duration<double>(event.time - start).count() / 3600;
    if (hour >= static_cast<double>(samples.size()) / 2) samples.push_back(take_sample(hour));
  };
  runtime::Runner runner(
      graph,
      [&](const GraphNode& node, const weir_host& host) -> std::unique_ptr<NodeInstance> {
        if (node.name == "ping" || node.name == "uplink")
          return std::make_unique<Made>(node.name == "ping", arguments.interval, host);
        return plugins(node, host);
      },
      options);
  const runtime::RunResult result = runner.run();
  for (const std::string& reason : result.reasons) throw Error(reason);
  for (const auto& node : result.stats.nodes) {
    std::printf("  %-8s %10llu rows in %10llu rows out\n", node.name.c_str(),
                static_cast<unsigned long long>(node.rows_in),
                static_cast<unsigned long long>(node.rows_out));
    if (node.name == "model" && node.rows_out == 0)
      throw Error("no model was learned: the interval is too long for a grid of 10 s");
    if (node.dropped_rows + node.rejected_rows + node.errors > 0)
      throw Error(node.name + " lost rows");
  }
  return samples;
}

int judge(const std::vector<Sample>& samples, double seconds) {
  // A quarter of the time is for windows, caches and the store's pages to fill.
  const std::vector<Sample> later(samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 4),
                                  samples.end());
  if (later.size() < 3) throw Error("too short to see a slope; take more hours");
  const auto [least, most] = std::minmax_element(
      later.begin(), later.end(),
      [](const Sample& a, const Sample& b) { return a.descriptors < b.descriptors; });
  const double growth = slope(later);
  std::printf(
      "%.1f h in %.1f s: RSS %.1f MiB at first, %.1f after a quarter, %.1f at the end, slope %.2f "
      "MiB/day; descriptors %d to %d\n",
      samples.back().hour, seconds, samples.front().resident_mib, later.front().resident_mib,
      later.back().resident_mib, growth, least->descriptors, most->descriptors);
  const bool flat = growth < 1 && most->descriptors - least->descriptors <= 2;
  if (!flat) std::printf("goal: slope under 1 MiB/day, descriptors flat\n");
  return flat ? 0 : 1;
}

Arguments read(const std::vector<std::string>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "--hours") {
      arguments.hours = std::chrono::hours(std::stol(words[i + 1]));
    } else if (const auto interval = parse_duration(words[i + 1]); words[i] == "--interval") {
      arguments.interval = interval.value();
    } else {
      throw Error("usage: day [--hours 24] [--interval 1s]");
    }
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  // The registry has this program look at libraries in a child process, as `weir` does.
  if (!words.empty() && words[0] == "probe-library") run_probe(std::span(words).subspan(1));
  std::string folder = (fs::temp_directory_path() / "weir-day-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 2;
  int code = 1;
  try {
    const auto begun = std::chrono::steady_clock::now();
    const std::vector<Sample> samples = run_day(read(words), folder);
    code = judge(samples,
                 std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  } catch (const std::exception& trouble) {
    std::fprintf(stderr, "day: %s\n", trouble.what());
  }
  fs::remove_all(folder);
  return code;
}
