// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What `weir test` says of each test.

#include <chrono>
#include <filesystem>
#include <string>

#include "core/pipelinetest/run_test.hpp"

namespace weir::core::cli {

struct TestRun {
  std::filesystem::path pipeline;
  const pipelinetest::PipelineTest* test = nullptr;
  pipelinetest::Verdict verdict;
  std::chrono::milliseconds took{0};
};

/// "PASS monitor.yaml: a late row is counted (12 ms)", and what differs, for people.
[[nodiscard]] std::string report_text(const TestRun& run);
/// One JSON object a test, without a line end.
[[nodiscard]] std::string report_json(const TestRun& run);

}  // namespace weir::core::cli
