// SPDX-License-Identifier: Apache-2.0
#include "program_run.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace weir::bench {

namespace fs = std::filesystem;

fs::path weir_program() {
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error);
  const fs::path program = here.parent_path().parent_path() / "bin" / "weir";
  return fs::exists(program, error) ? program : fs::path{};
}

Cost run_pipeline(const fs::path& folder, const std::string& pipeline, double seconds) {
  const fs::path file = folder / "pipeline.yaml";
  std::ofstream(file) << pipeline;
  const std::string time = std::to_string(static_cast<int>(seconds)) + "s";
  return measure_program({weir_program().string(), "run", file.string(), "--for", time, "--state",
                          (folder / "state").string(), "--grace", "60s", "--user", "root"});
}

Lateness lateness_of(const fs::path& rows) {
  std::vector<double> late;
  std::ifstream file(rows);
  for (std::string line; std::getline(file, line);) {
    const auto row = nlohmann::json::parse(line, nullptr, false);
    if (row.is_object() && row.contains("host_stall_ms") && row["host_stall_ms"].is_number())
      late.push_back(row["host_stall_ms"].get<double>());
  }
  if (late.empty()) return {};
  std::sort(late.begin(), late.end());
  const auto at = [&](double share) {
    return late[static_cast<std::size_t>(share * static_cast<double>(late.size() - 1))];
  };
  return {late.size(), at(0.5), at(0.99), late.back()};
}

}  // namespace weir::bench
