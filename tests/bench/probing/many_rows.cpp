// SPDX-License-Identifier: Apache-2.0
// 200 000 targets through the engine, with the default queue: are all rows stored?
#include <cstdio>
#include <fstream>

#include "cases.hpp"
#include "program_run.hpp"

namespace weir::bench {
namespace {

namespace fs = std::filesystem;

constexpr int targets = 200'000;

void write_targets(const fs::path& path) {
  std::ofstream file(path);
  for (int i = 1; i <= targets; ++i)
    file << "127." << i / 62500 << '.' << i / 250 % 250 << '.' << i % 250 + 1 << '\n';
}

std::size_t count_lines(const fs::path& path) {
  std::ifstream file(path);
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines;
}

}  // namespace

void many_rows(const Setting& setting) {
  const char* what = "200000 at 0.1 Hz, engine, CSV";
  if (weir_program().empty()) {
    std::printf("%-30s skipped: the program weir is not built\n", what);
    return;
  }
  const fs::path folder = setting.folder / "rows";
  fs::create_directory(folder);
  write_targets(folder / "targets.txt");
  const std::string pipeline =
      "nodes:\n"
      "  ping: {plugin: icmp-source, targets_file: " +
      (folder / "targets.txt").string() +
      ", interval: 10s, required: true}\n"
      "  store: {plugin: file-sink, inputs: [ping], path: " +
      (folder / "rows.csv").string() + "}\n";
  const Cost cost = run_pipeline(folder, pipeline, 35);
  if (!cost.ok) {
    std::printf("%-30s failed: %s\n", what, cost.text.c_str());
    return;
  }
  const bool dropped = cost.text.find("dropped") != std::string::npos;
  std::printf("%-30s %zu rows stored, %s; %.1f %% core, peak %.0f MB with the engine\n", what,
              count_lines(folder / "rows.csv") - 1, dropped ? "SOME DROPPED" : "none dropped",
              100 * cost.cpu_s / cost.wall_s, cost.peak_mb);
  if (dropped) std::printf("%s\n", cost.text.c_str());
}

}  // namespace weir::bench
