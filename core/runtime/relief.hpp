// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Parks' rule (T. M. Parks, "Bounded Scheduling of Process Networks", 1995): bounded queues can
/// stop a graph that unbounded ones would not. If nothing can run while an edge is full, the
/// smallest full edge grows.
///
/// "Nothing" is taken locally: a diamond that is stuck is found even if a source elsewhere goes on
/// ticking. A node is stuck if it waits, through full and empty edges, for nobody but stuck nodes.

#include <memory>
#include <vector>

#include "core/runtime/actor.hpp"
#include "core/runtime/edge.hpp"

namespace weir::core::runtime {

/// The smallest full edge that a stuck node writes to; nullptr: nothing is stuck.
[[nodiscard]] Edge* edge_to_grow(const std::vector<std::unique_ptr<Actor>>& actors, Duration now);

}  // namespace weir::core::runtime
