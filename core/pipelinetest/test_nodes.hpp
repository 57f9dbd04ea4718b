// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What stands in a test where the world would be.

#include <cstdint>
#include <memory>
#include <vector>

#include "core/pipelinetest/test_file.hpp"
#include "core/plugin/node_instance.hpp"

namespace weir::core::pipelinetest {

/// Rows and when they leave.
struct Departure {
  Timestamp at;
  std::uint32_t port = 0;
  Batch batch;
};

/// The rows of one node's tables as batches. Each row leaves at its time, or with the row before it
/// where that leaves later. Throws Error naming the column whose values do not go together.
[[nodiscard]] std::vector<Departure> departures(const std::vector<const GivenRows*>& tables,
                                                const std::vector<std::uint32_t>& ports,
                                                Timestamp start);

/// Gives departures: `live` at their times, else as fast as they are taken. When all have left it
/// ends, or waits until the run does if it is to `linger`.
[[nodiscard]] std::unique_ptr<NodeInstance> make_given_source(
    std::shared_ptr<const std::vector<Departure>> departures, bool live, bool linger,
    const weir_host& host);

/// Appends every batch that it is given to `to`, which must outlive it.
[[nodiscard]] std::unique_ptr<NodeInstance> make_capture(std::vector<Batch>& to);

}  // namespace weir::core::pipelinetest
