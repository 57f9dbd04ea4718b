// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A pipeline in virtual time, its log and its dead letters.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "runtime_testing.hpp"

namespace weir::core::runtime {

struct Log {
  std::vector<std::string> lines;
  [[nodiscard]] LogSink sink() {
    return [this](Level, std::string_view node, std::string_view text) {
      lines.push_back(std::string(node) + ": " + std::string(text));
    };
  }
  [[nodiscard]] long count(std::string_view part) const {
    return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }
};

class Trouble : public testing::Test {
 protected:
  Trouble() : options(simulated_run(start_time, 3)) {
    folder =
        std::filesystem::path(testing::TempDir()) /
        ("weir-dead-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder);
    options.dead_letter_dir = folder;
    options.log = log.sink();
  }
  ~Trouble() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::vector<nlohmann::json> dead_letters(const std::string& node) const {
    std::ifstream file(folder / "test" / (node + ".jsonl"));
    std::vector<nlohmann::json> rows;
    for (std::string line; std::getline(file, line);) rows.push_back(nlohmann::json::parse(line));
    return rows;
  }

  Log log;
  RunOptions options;
  std::filesystem::path folder;
  Net net;
  Taken taken;
};

}  // namespace weir::core::runtime
