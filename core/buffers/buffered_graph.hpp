// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Puts a disk buffer in front of each sink that asks for one.

#include "core/graph/graph.hpp"

namespace weir::core::buffers {

/// A sink `store` with `buffer: {type: disk}` is fed by two nodes that the engine makes itself:
/// `store.buffer`, a sink that takes over all of its inputs and writes them to disk, and
/// `store.replay`, a source that gives them to it. A name with a dot is no user's node.
///
///   ping ──► store.buffer ─ disk ─ store.replay ──► store
///
/// Input i of the sink is output i of the replay, so the sink sees what it would see without. The
/// order of the inputs that a sink asks for is that in which its buffer takes them in.
[[nodiscard]] Graph with_buffers(const Graph& graph);

}  // namespace weir::core::buffers
