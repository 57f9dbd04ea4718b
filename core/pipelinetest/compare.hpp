// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rows that came out against those that were expected.

#include <string>
#include <vector>

#include "core/pipelinetest/test_file.hpp"
#include "weir/batch.hpp"

namespace weir::core::pipelinetest {

struct Difference {
  config::Place place;   ///< in the test's file
  std::string headline;  ///< "grid: 1 of 3 rows differ"
  std::string table;     ///< lines, may be empty
};

/// Times in `expected` count from `start`. Empty: all is as expected.
[[nodiscard]] std::vector<Difference> compare(const Expectation& expected,
                                              const std::vector<Batch>& got, Timestamp start);

}  // namespace weir::core::pipelinetest
