// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The process of one isolated node.

namespace weir::core::isolation {

/// Where the child finds its two descriptors: the socket for calls, and the one by which it hears
/// of the end.
inline constexpr int channel_descriptor = 3;
inline constexpr int lifeline_descriptor = 4;

/// What `weir isolated-node` does: gives up every right, then answers the engine's calls until it
/// is told to end or the engine is gone. Call it first thing in main.
[[noreturn]] void run_isolated_node();

}  // namespace weir::core::isolation
