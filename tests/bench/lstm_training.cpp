// SPDX-License-Identifier: Apache-2.0
//
// Milliseconds an epoch of the LSTM takes, in the shape of the seed (1 718 windows × 10 steps × 3
// features, layers of 50 and 16, batch 32, 20 outputs, float), on 1 and 2 threads, with both copies
// of the kernels; and microseconds a forecast takes. Best and median of several repetitions: on a
// shared machine the best is the code, the rest is the neighbours.
//
//   lstm_training [--epochs N] [--large]     --large: 20 000 windows × 64 steps, 2 × 128, batch 64
// N epochs of every shape; else 60, and 2 of the large one.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "network/initialise.hpp"
#include "network/predictor.hpp"
#include "network/random.hpp"
#include "network/trainer.hpp"

namespace {

using namespace weir::lstm_model;

double seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

struct Times {
  double best, median;
};

template <typename Work>
Times measure(std::size_t repetitions, const Work& work) {
  std::vector<double> times;
  for (std::size_t j = 0; j < repetitions; ++j) {
    const double begin = seconds();
    work();
    times.push_back(seconds() - begin);
  }
  std::sort(times.begin(), times.end());
  return {times.front(), times[times.size() / 2]};
}

// A random walk in three features, cut into overlapping windows.
struct Data {
  std::vector<float> series;
  std::vector<float> targets;
  std::vector<Sample<float>> samples;

  Data(const Shape& shape, std::size_t windows) {
    Random random(7);
    series.resize((windows + shape.steps) * shape.features);
    for (float& value : series) value = static_cast<float>(random.uniform(-1, 1));
    targets.resize(windows * shape.outputs);
    for (float& value : targets) value = static_cast<float>(random.uniform(-1, 1));
    for (std::size_t j = 0; j < windows; ++j) {
      samples.push_back({&series[j * shape.features], &targets[j * shape.outputs]});
    }
  }
};

// GFLOP/s of the product in the shape of the first layer, everything in the first-level cache.
double product_rate() {
  constexpr std::size_t m = 204, n = 16, k = 66, repetitions = 200;
  AlignedVector<float> a(m * k, 0.5F), b(k * n, 0.5F), c(m * n);
  AlignedVector<float> packed(kernels::packed_size<float>(m, k));
  kernels::pack(m, k, a.data(), k, 1, packed.data());
  const Times times = measure(50, [&] {
    for (std::size_t j = 0; j < repetitions; ++j) {
      kernels::multiply(m, n, k, k, packed.data(), b.data(), c.data());
    }
  });
  return 2.0 * m * n * k * repetitions / times.best * 1e-9;
}

void report(const char* name, const Shape& shape, std::size_t windows, std::size_t batch,
            std::size_t epochs) {
  const Data data(shape, windows);
  const double operations = training_operations(shape) * static_cast<double>(windows) * 1e-9;
  std::printf("%s: %zu windows x %zu x %zu, batch %zu, %.3f GFLOP an epoch\n", name, windows,
              shape.steps, shape.features, batch, operations);
  for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
    TrainerOptions options;
    options.batch_size = batch;
    options.threads = threads;
    Trainer<float> trainer(shape, initial_weights<float>(shape, 1), options);
    double rate = product_rate();
    const Times times = measure(epochs, [&] { (void)trainer.epoch(data.samples); });
    rate = std::max(rate, product_rate());
    std::printf(
        "  %zu thread%s best %8.2f ms  median %8.2f ms  %6.1f GFLOP/s, %.0f %% of %.1f"
        " (a hot product, 1 core)\n",
        threads, threads == 1 ? " " : "s", times.best * 1e3, times.median * 1e3,
        operations / times.best, 100 * operations / times.best / rate, rate);
  }
  Predictor predictor(shape, initial_weights<float>(shape, 1));
  const std::span<const float> window(data.samples[0].window, shape.steps * shape.features);
  constexpr std::size_t forecasts = 100;
  const Times times = measure(100, [&] {
    for (std::size_t j = 0; j < forecasts; ++j) (void)predictor.predict(window);
  });
  std::printf("  one forecast best %8.2f us  median %8.2f us\n", times.best * 1e6 / forecasts,
              times.median * 1e6 / forecasts);
}

std::string loaded_kernels() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&kernels::variant), &info) == 0) return "";
  return info.dli_fname;
}

// Runs this program again with the copy for any x86-64 put before the loader's choice.
int run_baseline(char** arguments) {
  std::string path = loaded_kernels();
  const std::string folder = "glibc-hwcaps/x86-64-v3/";
  const auto at = path.find(folder);
  if (at == std::string::npos) return 0;
  path.erase(at, folder.size());
  setenv("LD_PRELOAD", path.c_str(), 1);
  std::fflush(stdout);
  execv("/proc/self/exe", arguments);
  std::perror("lstm_training: cannot start itself again with the baseline kernels");
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t epochs = 0;  // as many as the shape is given below
  bool large = false;
  for (int j = 1; j < count; ++j) {
    if (std::strcmp(arguments[j], "--large") == 0) {
      large = true;
    } else if (std::strcmp(arguments[j], "--epochs") == 0 && j + 1 < count) {
      epochs = std::max<std::size_t>(1, std::strtoul(arguments[++j], nullptr, 10));
    } else {
      std::fprintf(stderr, "usage: %s [--epochs N] [--large]\n", arguments[0]);
      return 2;
    }
  }
  std::printf("== kernels for %s on %s, %ld cores: %s\n", kernels::variant(), cpu_model().c_str(),
              sysconf(_SC_NPROCESSORS_ONLN), loaded_kernels().c_str());
  const std::size_t seeds = epochs > 0 ? epochs : 60;
  report("seed's shape, ReLU", {10, 3, {50, 16}, 20, Activation::relu}, 1718, 32, seeds);
  report("seed's shape, tanh", {10, 3, {50, 16}, 20, Activation::tanh}, 1718, 32, seeds);
  if (large)
    report("large", {64, 3, {128, 128}, 20, Activation::tanh}, 20'000, 64, epochs > 0 ? epochs : 2);
  return run_baseline(arguments);
}
