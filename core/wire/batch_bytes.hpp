// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One batch as bytes, and back: what the disk buffer stores and what crosses to an isolated node.
///
/// Little-endian. Buffers are copied whole and begin at multiples of 8, so that decoded columns can
/// lie in the bytes themselves. The same batch gives the same bytes.
///
///   u32 magic "WBAT"   u16 version   u16 0   u64 size of all   u64 rows   u32 columns
///   u32 size of the measurement, its text
///   for each column: u8 type  u8 role  u8 1: has nulls  u8 0  u32 sizes of name and unit
///     u32 entries of metadata  f64 scale  f64 offset  u64 bytes of text  name  unit
///     for each entry: u32 size of key  u32 size of value  key  value
///   for each column, each padded with zeros to a multiple of 8: validity (where it has nulls),
///     int64 or double values, or a bitmap of booleans, or int32 offsets and then the text

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "weir/batch.hpp"

namespace weir::core {

/// How many bytes encode() gives.
[[nodiscard]] std::size_t encoded_size(const Batch& batch);

/// Writes into `to`, whose size is encoded_size(batch) and which begins at a multiple of 8.
void encode_into(const Batch& batch, std::span<std::byte> to);

[[nodiscard]] std::vector<std::byte> encode(const Batch& batch);

/// The batch, in a copy of its own. Throws Error in one line unless the bytes are one whole batch.
/// Nothing is allocated that `bytes` do not hold. All sizes and text offsets are checked; values
/// are not looked at: see check_values (core/plugin/batch_check.hpp) for bytes of a stranger.
[[nodiscard]] Batch decode(std::span<const std::byte> bytes);

/// As decode, without a copy: the columns lie in `bytes`, which begin at a multiple of 8, never
/// change and live as long as `owner`.
[[nodiscard]] Batch decode_in_place(std::span<const std::byte> bytes,
                                    std::shared_ptr<const void> owner);

}  // namespace weir::core
