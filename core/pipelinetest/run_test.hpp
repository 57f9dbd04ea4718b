// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Runs one test of a pipeline in virtual time.

#include <functional>
#include <string>
#include <vector>

#include "core/pipelinetest/compare.hpp"
#include "core/pipelinetest/test_file.hpp"
#include "core/runtime/run_options.hpp"

namespace weir::core::pipelinetest {

/// Makes the nodes under test of a graph; called once a test, with the graph that is run.
using MakeFactory = std::function<runtime::Factory(const Graph&)>;

struct Verdict {
  std::vector<Difference> differences;  ///< empty: passed
  std::vector<std::string> log;         ///< warnings and errors, "node: text"
  [[nodiscard]] bool passed() const { return differences.empty(); }
};

/// `pipeline` has been checked, with the test's overrides. What is wrong with the test itself (a
/// node that does not exist) goes to `problems`; then the verdict means nothing.
[[nodiscard]] Verdict run_test(const Graph& pipeline, const PipelineTest& test,
                               const MakeFactory& make_factory, config::Problems& problems);

}  // namespace weir::core::pipelinetest
