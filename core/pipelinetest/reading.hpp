// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Steps of reading a test file. Internal to core/pipelinetest.

#include <optional>
#include <string>
#include <vector>

#include "core/pipelinetest/test_file.hpp"

namespace weir::core::pipelinetest {

/// Reports keys of a map that are not among `known`; false where the value is no map.
[[nodiscard]] bool check_map(const config::Node& value, const std::string& what,
                             const std::vector<std::string>& known, config::Problems& problems);
/// The text of a scalar; reports anything else.
[[nodiscard]] std::optional<std::string> read_text(const config::Entry& entry,
                                                   config::Problems& problems);
[[nodiscard]] std::optional<std::uint64_t> read_count(const config::Entry& entry,
                                                      config::Problems& problems);

/// A list of rows: maps, or lists where `columns` names what stands where.
[[nodiscard]] std::vector<Row> read_rows(const config::Node& value,
                                         const std::vector<std::string>& columns,
                                         config::Problems& problems);
[[nodiscard]] std::vector<std::string> read_names(const config::Entry& entry,
                                                  config::Problems& problems);
/// The rows that a node of `given:` gives; `key` is `node` or `node.port`.
[[nodiscard]] std::vector<GivenRows> read_given(const config::Entry& key,
                                                config::Problems& problems);

}  // namespace weir::core::pipelinetest
