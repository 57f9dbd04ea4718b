// SPDX-License-Identifier: Apache-2.0
// Kills runs at random moments and counts what is missing in the end.
//
//   file-source(resume) -> scaler  -> sqlite-sink   each row once, with its value
//                       -> aligner -> sqlite-sink   each step the sum of its four rows
//
// A file that a run finishes before it is killed is checked, and the next one begun.
#include <csignal>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

#include "tests/support/database.hpp"
#include "tests/support/program.hpp"

namespace weir::test {
namespace {

using std::chrono::milliseconds;

struct Wish {
  unsigned rounds = 50;
  unsigned rows = 1'000'000;
  unsigned seed = 1;
};

struct Tally {
  unsigned killed = 0;
  unsigned finished = 0;
  unsigned resumed = 0;  ///< runs that went on in the middle of the file
  unsigned files = 0;
  double rows = 0;
  double lost = 0;
  double duplicates = 0;
  double wrong = 0;  ///< rows of another value, steps of another sum
};

constexpr long long first_time = 1'700'000'000;  // s
constexpr int rows_per_step = 4;

/// Row i has the time first + i / 4 seconds and the value i % 1000.
std::string file_text(unsigned rows) {
  std::string text;
  for (unsigned i = 0; i < rows; ++i) {
    text += R"({"time":)" + std::to_string(first_time * 1000 + i * 250LL) + R"(,"v":)" +
            std::to_string(i % 1000) + ".0}\n";
  }
  return text;
}

class World {
 public:
  explicit World(unsigned rows) : rows_(rows) {
    write_text(folder_ / "rows.jsonl", file_text(rows));
    write_text(
        folder_ / "p.yaml",
        "nodes:\n"
        "  rows:  {plugin: file-source, path: rows.jsonl, resume: true, time_format: ms, "
        "batch_rows: 500}\n"
        "  scale: {plugin: scaler, inputs: [rows], fit_rows: 1000}\n"
        "  grid:  {plugin: aligner, inputs: [rows], step: 1s, aggregate: sum}\n"
        "  kept:  {plugin: sqlite-sink, inputs: [scale], path: rows.db, flush_interval: 50ms}\n"
        "  sums:  {plugin: sqlite-sink, inputs: [grid], path: sums.db, flush_interval: 50ms}\n");
  }

  /// True: it came to its end.
  bool run(std::optional<milliseconds> kill_after, Tally& tally) {
    const ProgramResult result =
        run_weir({.arguments = {"run", "p.yaml", "--state", "state", "--save-every", "100ms"},
                  .folder = folder_.path(),
                  .kill_after = kill_after,
                  .timeout = std::chrono::seconds{300}});
    if (result.err.find("damaged") != std::string::npos)
      throw std::runtime_error("a kill damaged a file:\n" + result.err);
    if (result.err.find("goes on at line") != std::string::npos) ++tally.resumed;
    if (result.exit_code == 0) return true;
    if (result.exit_code == 128 + SIGKILL && kill_after) return false;
    throw std::runtime_error("weir ended with " + std::to_string(result.exit_code) + ":\n" +
                             result.err);
  }

  void check(Tally& tally) const {
    const auto rows = folder_ / "rows.db";
    const auto sums = folder_ / "sums.db";
    const double there = number(rows, "SELECT count(DISTINCT time) FROM rows");
    const double steps = number(sums, "SELECT count(DISTINCT time) FROM grid");
    ++tally.files;
    tally.rows += rows_;
    tally.lost += rows_ - there + (rows_ / rows_per_step - steps) * rows_per_step;
    tally.duplicates += number(rows, "SELECT count(*) FROM rows") - there +
                        number(sums, "SELECT count(*) FROM grid") - steps;
    const std::string index =
        "((time / 1000000 - " + std::to_string(first_time * 1000) + ") / 250)";
    tally.wrong +=
        number(rows, "SELECT count(*) FROM rows WHERE abs(v - " + index + " % 1000) > 1e-6");
    tally.wrong += number(sums, "SELECT count(*) FROM grid WHERE \"rows.v\" <> 4 * (" + index +
                                    " % 1000) + 6 OR \"rows.v\" IS NULL");
  }

 private:
  unsigned rows_;
  TemporaryFolder folder_;
};

Wish read_wish(int count, char** arguments) {
  Wish wish;
  for (int i = 1; i + 1 < count; i += 2) {
    unsigned* number = std::strcmp(arguments[i], "--rounds") == 0 ? &wish.rounds
                       : std::strcmp(arguments[i], "--rows") == 0 ? &wish.rows
                       : std::strcmp(arguments[i], "--seed") == 0 ? &wish.seed
                                                                  : nullptr;
    const char* text = arguments[i + 1];
    if (number == nullptr ||
        std::from_chars(text, text + std::strlen(text), *number).ec != std::errc{})
      throw std::runtime_error("usage: kill-nine [--rounds N] [--rows N] [--seed N]");
  }
  wish.rows -= wish.rows % rows_per_step;
  return wish;
}

Tally kill_again_and_again(const Wish& wish) {
  std::mt19937 random(wish.seed);
  std::uniform_int_distribution<int> moment(100, 5000);
  Tally tally;
  auto world = std::make_unique<World>(wish.rows);
  for (unsigned round = 0; round < wish.rounds; ++round) {
    if (!world->run(milliseconds{moment(random)}, tally)) {
      ++tally.killed;
      continue;
    }
    ++tally.finished;
    world->check(tally);
    world = std::make_unique<World>(wish.rows);
  }
  (void)world->run(std::nullopt, tally);
  world->check(tally);
  return tally;
}

}  // namespace
}  // namespace weir::test

int main(int count, char** arguments) try {
  using namespace weir::test;
  const Wish wish = read_wish(count, arguments);
  const Tally tally = kill_again_and_again(wish);
  std::printf(
      "rounds %u (killed %u, ended before %u, resumed %u), files %u, rows %.0f, lost %.0f, "
      "duplicates %.0f, "
      "wrong %.0f\n",
      wish.rounds, tally.killed, tally.finished, tally.resumed, tally.files, tally.rows, tally.lost,
      tally.duplicates, tally.wrong);
  return tally.lost == 0 && tally.duplicates == 0 && tally.wrong == 0 && tally.killed > 0 ? 0 : 1;
} catch (const std::exception& trouble) {
  std::fprintf(stderr, "kill-nine: %s\n", trouble.what());
  return 2;
}
