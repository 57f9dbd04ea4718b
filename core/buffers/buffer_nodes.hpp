// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The two ends of a disk buffer as nodes of the graph.

#include <cstddef>
#include <memory>

#include "core/buffers/buffers.hpp"

namespace weir::core::buffers {

/// Takes rows in; flush makes them durable. Room that is missing (on the disk, or under max_size)
/// is a passing trouble, unless nobody will make room: then it fails for good. Only a batch that
/// could never fit is refused.
[[nodiscard]] std::unique_ptr<NodeInstance> make_buffer_writer(std::shared_ptr<Buffer> buffer,
                                                               const weir_host& host);

/// Gives the rows, each batch with its place in the buffer as token. It waits without a time where
/// there are none: whoever runs it calls again after the writer's flush or end, and after
/// acknowledgements, so that its position becomes durable and makes room. Ends when the
/// writer has ended and nothing is left. Rows of an input that the sink has no more come by the
/// last of its `outputs`.
[[nodiscard]] std::unique_ptr<NodeInstance> make_buffer_reader(std::shared_ptr<Buffer> buffer,
                                                               const weir_host& host,
                                                               std::size_t outputs);

}  // namespace weir::core::buffers
