// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The part of a pipeline that a test needs, with everything that touches the world replaced.

#include <map>
#include <string>

#include "core/graph/graph.hpp"
#include "core/pipelinetest/test_file.hpp"

namespace weir::core::pipelinetest {

struct Cut {
  enum class Role { under_test, given, captured };
  Graph graph;
  std::map<std::string, Role> roles;  ///< of every node of the graph
};

/// Nodes that rows are given for become sources of these rows; sources that nothing is given for
/// give nothing; sinks and expected ports become captures, the ports' under the name `node.port`.
/// What feeds only replaced or unwanted nodes is left out. Problems are those of the test's file.
[[nodiscard]] Cut cut(const Graph& pipeline, const PipelineTest& test, config::Problems& problems);

/// The name of the capture of what is expected.
[[nodiscard]] std::string capture_name(const Graph& pipeline, const Expectation& expected);

}  // namespace weir::core::pipelinetest
