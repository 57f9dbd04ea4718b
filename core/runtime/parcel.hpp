// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A batch on its way, with what the engine needs to know of it measured once.

#include <cstddef>
#include <cstdint>

#include "core/runtime/ticket.hpp"
#include "weir/batch.hpp"

namespace weir::core::runtime {

struct Parcel {
  Batch batch;
  std::size_t rows = 0;
  std::size_t bytes = 0;         ///< see memory_of
  std::int64_t latest_time = 0;  ///< largest event time, ns; 0 without rows
  std::uint64_t token = 0;       ///< of its source, until it has become a ticket
  Tickets tickets;               ///< who waits to hear that the rows are stored
};

[[nodiscard]] Parcel make_parcel(Batch batch);

/// What a batch holds in memory, estimated from the lengths of its columns. Buffers shared with
/// other batches count in full for each of them.
[[nodiscard]] std::size_t memory_of(const Batch& batch);

}  // namespace weir::core::runtime
