// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Which file tests which pipeline.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/pipelinetest/test_file.hpp"

namespace weir::core::cli {

struct TestedPipeline {
  std::filesystem::path pipeline;
  std::filesystem::path tests;  ///< `<pipeline without extension>.test.yaml`
};

struct ReadTests {
  std::vector<pipelinetest::PipelineTest> tests;
  std::string source;
};

/// Prints what is wrong with the file; nullopt where there are errors.
[[nodiscard]] std::optional<ReadTests> read_tests(const std::filesystem::path& path);

[[nodiscard]] bool is_test_file(const std::filesystem::path& path);

/// Reads it as `weir test` would, prints what is wrong with it or that it is well; true: it is
/// well.
[[nodiscard]] bool check_test_file(const std::filesystem::path& path);

/// Of each word, a pipeline as `weir run` takes it or a test file; no word: all test files of
/// ./pipelines. A test file tests every pipeline of its name, YAML and INI. Throws UsageError where
/// there is none.
[[nodiscard]] std::vector<TestedPipeline> find_tests(const std::vector<std::string>& words);

}  // namespace weir::core::cli
