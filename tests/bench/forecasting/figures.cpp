// SPDX-License-Identifier: Apache-2.0
#include "forecasting/figures.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "forecasting/models.hpp"
#include "weir/batch.hpp"
#include "weir/error.hpp"

namespace weir::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

/// The number (or text) after `key:` in one of the kernel's tables.
std::string field_of(const char* file, const std::string& key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(key, 0) == 0) return line.substr(line.find_first_not_of(": \t", key.size()));
  }
  return "unknown";
}

double megabytes(const std::string& key) {
  return std::atof(field_of("/proc/self/status", key).c_str()) / 1024;
}

struct Times {
  double best = 0;
  double median = 0;
};

Times summary(std::vector<double> times) {
  if (times.empty()) throw Error("nothing was measured");
  std::sort(times.begin(), times.end());
  return {times.front(), times[times.size() / 2]};
}

struct Shape {
  const char* name;
  std::size_t windows;
  std::size_t steps;
  std::string settings;  // of the network, in a list as `--set` takes it
  std::size_t epochs;
};

const Shape seeds_shape{"1 718 windows x 10 x 3, layers 50+16, batch 32, ReLU", 1718, 10,
                        "layers=[50,16] batch_size=32 activation=relu", 60};
const Shape large_shape{"20 000 windows x 64 x 3, layers 128+128, batch 64, tanh", 20000, 64,
                        "layers=[128,128] batch_size=64 activation=tanh", 2};
constexpr std::size_t horizon = 20;

/// A random walk of three features, so long that 95 % of it hold that many windows.
core::SeriesTable table_for(const Shape& shape) {
  const std::size_t train = shape.windows + shape.steps + horizon - 1;
  const std::size_t rows = (train * 100 + 94) / 95;
  BatchBuilder builder("walk");
  const std::vector<BatchBuilder::Key> keys{builder.field<double>("a"), builder.field<double>("b"),
                                            builder.field<double>("c")};
  std::mt19937 random(7);
  std::uniform_real_distribution<double> step(-1, 1);
  std::vector<double> values(keys.size());
  for (std::size_t i = 0; i < rows; ++i) {
    auto row = builder.row(static_cast<std::int64_t>(i) * 60'000'000'000);
    for (std::size_t j = 0; j < keys.size(); ++j) row.set(keys[j], values[j] += step(random));
  }
  core::SeriesTable table({"*"}, {"a"});
  table.add(builder.build());
  return table;
}

Models::Chosen choose(Models& models, const Shape& shape, unsigned threads) {
  std::vector<std::string> settings{"train_percent=95",
                                    "validation_percent=0",
                                    "patience=0",
                                    "residual=none",
                                    "ensemble=1",
                                    "calendar=false",
                                    "loss=mse",
                                    "sequence_length=" + std::to_string(shape.steps),
                                    "horizon=" + std::to_string(horizon),
                                    "epochs=" + std::to_string(shape.epochs),
                                    "threads=" + std::to_string(threads)};
  for (std::size_t at = 0; at < shape.settings.size();) {
    const std::size_t blank = std::min(shape.settings.find(' ', at), shape.settings.size());
    settings.push_back(shape.settings.substr(at, blank - at));
    at = blank + 1;
  }
  return models.choose("lstm-model", "a", settings);
}

/// Work in a process of its own, so that its memory and threads are its own.
void apart(const std::function<void()>& work) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      work();
    } catch (const std::exception& wrong) {
      std::printf("  %s\n", wrong.what());
    }
    std::fflush(nullptr);
    std::_Exit(0);
  }
  if (child > 0) ::waitpid(child, nullptr, 0);
}

void train(const Shape& shape, unsigned threads) {
  Models models;
  const Models::Chosen chosen = choose(models, shape, threads);
  const core::SeriesTable table = table_for(shape);
  (void)chosen.make();  // its library is loaded before memory is looked at
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
  const double before = megabytes("VmRSS");
  std::vector<double> times;
  double last = 0;
  const auto report = [&](const core::EpochRecord& record) {
    const double now = seconds();
    if (record.epoch > 1) times.push_back(now - last);
    last = now;
    return true;
  };
  core::Forecaster forecaster(table, chosen.options, chosen.make, report, seconds);
  const double added = megabytes("VmHWM") - before;
  const Times epoch = summary(times);
  std::printf("  %u thread%s  best %9.2f ms an epoch, median %9.2f; memory +%.1f MB\n", threads,
              threads == 1 ? " " : "s", epoch.best * 1e3, epoch.median * 1e3, added);
  if (threads > 1) return;
  constexpr std::size_t many = 100;
  std::vector<double> forecasts;
  for (int i = 0; i < 100; ++i) {
    const double begin = seconds();
    for (std::size_t j = 0; j < many; ++j) (void)forecaster.forecast(table);
    forecasts.push_back((seconds() - begin) / many);
  }
  const Times forecast = summary(forecasts);
  std::printf("  a forecast of %zu steps: best %.1f us, median %.1f\n", horizon,
              forecast.best * 1e6, forecast.median * 1e6);
}

/// Milliseconds from fork to the line that tells the first epoch.
double first_epoch(const std::string& program, const fs::path& folder) {
  int ends[2];
  if (::pipe(ends) != 0) throw Error("no pipe");
  const double begin = seconds();
  const pid_t child = ::fork();
  if (child == 0) {
    const int quiet = ::open("/dev/null", O_WRONLY);
    if (::chdir(folder.c_str()) != 0 || ::dup2(quiet, 1) < 0 || ::dup2(ends[1], 2) < 0)
      ::_exit(126);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execl(program.c_str(), program.c_str(), "run", "train.yaml", nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string text;
  double passed = 0;
  char bytes[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
    text.append(bytes, static_cast<std::size_t>(got));
    if (passed == 0 && text.find("epoch 1 of") != std::string::npos) passed = seconds() - begin;
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  if (passed == 0) throw Error("weir run told no epoch: " + text);
  return passed * 1e3;
}

void start() {
  const fs::path program =
      fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "bin" / "weir";
  if (!fs::exists(program)) throw Error(program.string() + " is not built");
  std::string pattern = (fs::temp_directory_path() / "weir-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw Error("no temporary folder");
  std::ofstream(fs::path(pattern) / "train.yaml")
      << "nodes:\n"
         "  net:  {plugin: synthetic-source, rows: 200, step: 1m}\n"
         "  lstm: {plugin: lstm-model, inputs: [net], target: bandwidth_mbps, epochs: 2}\n"
         "  file: {plugin: file-sink, inputs: [lstm.forecast], path: forecast.csv}\n";
  std::vector<double> times;
  for (int i = 0; i < 16; ++i) {
    const double time = first_epoch(program.string(), pattern);
    if (i > 0) times.push_back(time);  // the first run fills caches
  }
  fs::remove_all(pattern);
  const Times whole = summary(times);
  std::printf("start of weir run to the end of a first, small epoch: best %.1f ms, median %.1f\n",
              whole.best, whole.median);
}

}  // namespace

void print_figures(bool large) {
  std::printf("machine: %s, %ld cores\n", field_of("/proc/cpuinfo", "model name").c_str(),
              ::sysconf(_SC_NPROCESSORS_ONLN));
  for (const Shape* shape : {&seeds_shape, &large_shape}) {
    if (shape == &large_shape && !large) continue;
    std::printf("%s\n", shape->name);
    for (const unsigned threads : {1U, 2U}) apart([&] { train(*shape, threads); });
  }
  apart(start);
}

}  // namespace weir::bench
