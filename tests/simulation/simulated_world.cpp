// SPDX-License-Identifier: Apache-2.0
// The real engine in a simulated world: thousands of seeds, each a graph with faults of its own.
//
// usage: simulated_world [--seeds N] [--first N] [--seed N [--verbose]]
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
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

/// Twice, for the hash. True where all holds.
bool run_seed(std::uint64_t seed, const Arguments& arguments, const fs::path& folder,
              std::set<std::uint64_t>& hashes, Verdict& sum) {
  std::function<void(const std::string&)> say;
  if (arguments.verbose) say = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
  Verdict verdict = simulate(seed, folder / "letters", say);
  const Verdict again = simulate(seed, folder / "letters", {});
  if (again.hash != verdict.hash)
    verdict.broken.emplace_back("the same seed gave another trace the second time");
  hashes.insert(verdict.hash);
  sum.calls += verdict.calls;
  sum.rows += verdict.rows;
  sum.lives += verdict.lives;
  sum.crashes += verdict.crashes;
  sum.kept_aside += verdict.kept_aside;
  sum.dropped += verdict.dropped;
  sum.simulated += verdict.simulated;
  if (arguments.seeds == 1)
    std::printf("trace hash %016llx\n", static_cast<unsigned long long>(verdict.hash));
  if (verdict.broken.empty()) return true;
  for (const std::string& line : verdict.broken)
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), line.c_str());
  std::printf("  again: simulated_world --seed %llu --verbose\n",
              static_cast<unsigned long long>(seed));
  return false;
}

int run(const Arguments& arguments) {
  const Scratch scratch;
  std::set<std::uint64_t> hashes;
  Verdict sum;
  std::uint64_t failures = 0;
  constexpr std::uint64_t most_failures = 10;
  const auto begun = std::chrono::steady_clock::now();
  std::uint64_t done = 0;
  for (; done < arguments.seeds && failures < most_failures; ++done) {
    if (!run_seed(arguments.first + done, arguments, scratch.path, hashes, sum)) ++failures;
  }
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
  if (hashes.size() != done) {
    std::printf("different seeds gave the same trace\n");
    ++failures;
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
