// SPDX-License-Identifier: Apache-2.0
// Targets as people write them: a host and settings of its own behind it, "dns.example
// interval=10s dscp=46". The same in a pipeline's list and, one a line, in a file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::probing {

struct TargetText {
  std::string host;
  std::vector<std::pair<std::string, std::string>> settings;  ///< in the order written
  std::string place;  ///< for messages: "targets.txt:7"; empty: the pipeline's own list
};

/// Splits at blanks; throws Error where a word behind the host is not key=value. An empty text has
/// an empty host.
[[nodiscard]] TargetText parse_target(std::string_view text);

/// Calls each(target) for one target a line, so that long lists are never held whole; empty lines
/// and what stands behind '#' are skipped. Throws Error saying what is wrong with which file or
/// line. At most 64 MiB are read.
void read_target_file(const std::string& path, const std::function<void(TargetText&&)>& each);

}  // namespace weir::probing
