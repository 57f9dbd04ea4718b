// SPDX-License-Identifier: Apache-2.0
// The targets as the user wrote them.
#pragma once

#include <string>
#include <vector>

#include "host_port.hpp"

namespace weir::tcp_source {

struct Target {
  std::string label;  ///< as written: the tag `target`
  probing::HostPort place;
};

struct Targets {
  std::vector<Target> targets;
  std::vector<std::string> repeated;  ///< left out, because they stand there twice
};

/// Those of the list, then those of the file (empty: none), one a line. Throws Error saying which
/// one is wrong and why.
[[nodiscard]] Targets read_targets(const std::vector<std::string>& list, const std::string& file);

}  // namespace weir::tcp_source
