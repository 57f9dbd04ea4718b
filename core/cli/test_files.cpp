// SPDX-License-Identifier: Apache-2.0
#include "core/cli/test_files.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <system_error>

#include "core/cli/command.hpp"
#include "core/cli/pipeline.hpp"
#include "core/config/files.hpp"

namespace weir::core::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view test_extension = ".test.yaml";

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// All pipelines that a test file tests.
std::vector<TestedPipeline> tested_by(const fs::path& tests) {
  std::string stem = tests.string();
  stem.resize(stem.size() - test_extension.size());
  std::vector<TestedPipeline> all;
  for (const char* extension : {".yaml", ".yml", ".ini"}) {
    const fs::path pipeline = stem + extension;
    if (is_there(pipeline)) all.push_back({pipeline, tests});
  }
  if (all.empty())
    throw UsageError(tests.string() + ": there is no pipeline " + stem + ".yaml to test");
  return all;
}

void append(std::vector<TestedPipeline>& to, std::vector<TestedPipeline> more) {
  for (TestedPipeline& one : more) to.push_back(std::move(one));
}

std::vector<TestedPipeline> all_tests() {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator("pipelines", ignored)) {
    if (is_test_file(entry.path())) files.push_back(entry.path());
  }
  if (files.empty()) {
    throw UsageError(
        "there is no pipelines/*.test.yaml here; name a pipeline, see weir test --help");
  }
  std::sort(files.begin(), files.end());
  std::vector<TestedPipeline> all;
  for (const fs::path& file : files) append(all, tested_by(file));
  return all;
}

}  // namespace

bool is_test_file(const fs::path& path) { return path.string().ends_with(test_extension); }

bool check_test_file(const fs::path& path) {
  const auto tests = read_tests(path);
  if (tests) std::printf("%s: ok, %zu tests\n", path.c_str(), tests->tests.size());
  return tests.has_value();
}

std::optional<ReadTests> read_tests(const fs::path& path) {
  constexpr std::size_t limit = 1024 * 1024;
  const config::FileRead read = config::read_file(path, limit);
  if (read.trouble != config::FileTrouble::kNone) {
    std::fprintf(stderr, "weir: %s cannot be read; check its path and mode\n", path.c_str());
    return std::nullopt;
  }
  config::Problems problems;
  ReadTests found{pipelinetest::read_test_file(path.string(), read.bytes, problems), read.bytes};
  std::fputs(problems.render(::isatty(STDERR_FILENO) != 0).c_str(), stderr);
  if (problems.has_errors()) return std::nullopt;
  return found;
}

std::vector<TestedPipeline> find_tests(const std::vector<std::string>& words) {
  if (words.empty()) return all_tests();
  std::vector<TestedPipeline> all;
  for (const std::string& word : words) {
    if (is_test_file(word)) {
      append(all, tested_by(word));
      continue;
    }
    const fs::path pipeline = find_pipeline(word);
    fs::path tests = pipeline;
    tests.replace_extension(test_extension);
    if (!is_there(tests)) {
      throw UsageError(pipeline.string() + " has no tests; they stand in " + tests.string() +
                       ", see docs/operate.md");
    }
    all.push_back({pipeline, tests});
  }
  return all;
}

}  // namespace weir::core::cli
