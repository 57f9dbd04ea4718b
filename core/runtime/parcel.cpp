// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/parcel.hpp"

#include <algorithm>
#include <utility>

namespace weir::core::runtime {
namespace {

std::size_t memory_of(const Column& column) {
  const std::size_t rows = column.size();
  const Column::Buffers& buffers = column.buffers();
  std::size_t bytes = buffers.validity != nullptr ? rows / 8 : 0;
  switch (column.type()) {
    case Type::boolean:
      return bytes + rows / 8;
    case Type::utf8:
      if (buffers.offsets != nullptr && rows > 0) {
        const std::int32_t* at = buffers.offsets + buffers.first;
        bytes += static_cast<std::size_t>(at[rows] - at[0]);
      }
      return bytes + rows * sizeof(std::int32_t);
    default:
      return bytes + rows * sizeof(std::int64_t);
  }
}

}  // namespace

std::size_t memory_of(const Batch& batch) {
  // A batch of one row is mostly its own bookkeeping: without it a queue of 4 MiB would hold 1 GiB.
  constexpr std::size_t per_batch = 128;
  constexpr std::size_t per_column = 160;
  std::size_t bytes = per_batch + per_column * batch.columns().size();
  for (const Column& column : batch.columns()) bytes += memory_of(column);
  return bytes;
}

Parcel make_parcel(Batch batch) {
  Parcel parcel;
  parcel.rows = batch.rows();
  parcel.bytes = memory_of(batch);
  if (parcel.rows > 0) {
    const auto times = batch.times();
    parcel.latest_time = *std::max_element(times.begin(), times.end());
  }
  parcel.batch = std::move(batch);
  return parcel;
}

}  // namespace weir::core::runtime
