// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Where a tap must be set to see what a user means by a node.

#include <string>
#include <vector>

#include "core/observe/run_view.hpp"
#include "core/runtime/tap.hpp"

namespace weir::core::observe {

/// The ports of the node, or the one called `port`; of a node that gives nothing (a sink) those
/// that feed it. Throws Error naming what there is.
[[nodiscard]] std::vector<runtime::Tap::Place> places_of(const RunFacts& facts,
                                                         const std::string& node,
                                                         const std::string& port);

}  // namespace weir::core::observe
