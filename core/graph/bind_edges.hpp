// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Who feeds whom: the `inputs` of all nodes, checked.

#include <vector>

#include "core/config/document.hpp"
#include "core/config/problem.hpp"
#include "core/graph/graph.hpp"

namespace weir::core {

/// `entries` are those of the pipeline's `nodes`, index by index of `graph.nodes`. Fills inputs,
/// reports what does not fit, and puts the nodes in an order in which each comes after what feeds
/// it (among equals: that of the file). Nodes without description were reported before and are
/// passed over.
void bind_edges(const std::vector<const config::Entry*>& entries, Graph& graph,
                config::Problems& problems);

}  // namespace weir::core
