// SPDX-License-Identifier: Apache-2.0
// The real engine in a simulated world: thousands of seeds, each a graph with faults of its own.
//
// usage: simulated_world [--seeds N] [--first N] [--seed N [--verbose]]
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/simulation/simulate.hpp"

namespace {

namespace fs = std::filesystem;
using weir::simulation::simulate;
using weir::simulation::Verdict;

struct Arguments {
  std::uint64_t seeds = 1000;
  std::uint64_t first = 1;
  bool verbose = false;
};

Arguments read(const std::vector<std::string>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--verbose") {
      arguments.verbose = true;
      continue;
    }
    if (i + 1 == words.size()) throw std::invalid_argument(words[i]);
    const std::uint64_t number = std::stoull(words[i + 1]);
    if (words[i] == "--seeds") {
      arguments.seeds = number;
    } else if (words[i] == "--first") {
      arguments.first = number;
    } else if (words[i] == "--seed") {
      arguments.first = number;
      arguments.seeds = 1;
    } else {
      throw std::invalid_argument(words[i]);
    }
    ++i;
  }
  return arguments;
}

/// A folder of this process's own, in memory where there is such a place.
class Scratch {
 public:
  Scratch() {
    std::error_code none;
    const fs::path base = fs::exists("/dev/shm", none) ? "/dev/shm" : fs::temp_directory_path();
    std::string name = (base / "weir-simulated-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("no folder in " + base.string());
    path = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

struct Results {
  std::mutex mutex;
  std::set<std::uint64_t> hashes;
  Verdict sum;
  std::uint64_t done = 0;
  std::uint64_t failures = 0;
};

/// Twice, for the hash.
void run_seed(std::uint64_t seed, const Arguments& arguments, const fs::path& folder,
              Results& results) {
  std::function<void(const std::string&)> say;
  if (arguments.verbose) say = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
  Verdict verdict = simulate(seed, folder / "letters", say);
  const Verdict again = simulate(seed, folder / "letters", {});
  if (again.hash != verdict.hash)
    verdict.broken.emplace_back("the same seed gave another trace the second time");
  const std::lock_guard lock(results.mutex);
  Verdict& sum = results.sum;
  ++results.done;
  results.hashes.insert(verdict.hash);
  sum.calls += verdict.calls;
  sum.rows += verdict.rows;
  sum.lives += verdict.lives;
  sum.crashes += verdict.crashes;
  sum.kept_aside += verdict.kept_aside;
  sum.dropped += verdict.dropped;
  sum.simulated += verdict.simulated;
  sum.buffers += verdict.buffers;
  sum.buffered += verdict.buffered;
  sum.disk_operations += verdict.disk_operations;
  sum.disk_refused += verdict.disk_refused;
  sum.power_cuts += verdict.power_cuts;
  sum.dropped_on_disk += verdict.dropped_on_disk;
  sum.left_on_disk += verdict.left_on_disk;
  if (arguments.seeds == 1)
    std::printf("trace hash %016llx\n", static_cast<unsigned long long>(verdict.hash));
  if (verdict.broken.empty()) return;
  ++results.failures;
  for (const std::string& line : verdict.broken)
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), line.c_str());
  std::printf("  again: simulated_world --seed %llu --verbose\n",
              static_cast<unsigned long long>(seed));
}

/// Seeds are shared out to as many threads as there are processors; each world is one thread's own.
void run_all(const Arguments& arguments, const fs::path& folder, Results& results) {
  constexpr std::uint64_t most_failures = 10;
  std::atomic<std::uint64_t> next{0};
  const auto work = [&](unsigned number) {
    while (true) {
      {
        const std::lock_guard lock(results.mutex);
        if (results.failures >= most_failures) return;
      }
      const std::uint64_t seed = next.fetch_add(1);
      if (seed >= arguments.seeds) return;
      run_seed(arguments.first + seed, arguments, folder / std::to_string(number), results);
    }
  };
  std::vector<std::thread> threads;
  const unsigned others = arguments.seeds == 1 ? 0 : std::thread::hardware_concurrency();
  for (unsigned number = 1; number < others; ++number) threads.emplace_back(work, number);
  work(0);
  for (std::thread& thread : threads) thread.join();
}

int run(const Arguments& arguments) {
  const Scratch scratch;
  Results results;
  const auto begun = std::chrono::steady_clock::now();
  run_all(arguments, scratch.path, results);
  const auto& [mutex, hashes, sum, done, failures] = results;
  const double took =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "%llu seeds, each twice, in %.1f s (%.0f runs/s): %llu lives, %llu crashes, %llu calls, "
      "%llu rows, %llu kept aside, %llu dropped and counted, %.1f h of virtual time, %llu traces, "
      "%llu failures\n",
      number(done), took, 2 * static_cast<double>(done) / took, number(sum.lives),
      number(sum.crashes), number(sum.calls), number(sum.rows), number(sum.kept_aside),
      number(sum.dropped), std::chrono::duration<double>(sum.simulated).count() / 3600,
      number(hashes.size()), number(failures));
  std::printf(
      "on disk: %llu buffers, %llu rows made durable, %llu operations, %llu of them failed, "
      "%llu power cuts, %llu rows dropped and counted, %llu rows left at the end\n",
      number(sum.buffers), number(sum.buffered), number(sum.disk_operations),
      number(sum.disk_refused), number(sum.power_cuts), number(sum.dropped_on_disk),
      number(sum.left_on_disk));
  if (hashes.size() != done) {
    std::printf("different seeds gave the same trace\n");
    return 1;
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(read({argv + 1, argv + argc}));
  } catch (const std::invalid_argument& wrong) {
    std::fprintf(stderr, "usage: simulated_world [--seeds N] [--first N] [--seed N [--verbose]]\n");
    return 2;
  }
}
