// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What is left of a spool in its folder.

#include <cstdint>
#include <string>

#include "core/delivery/filesystem.hpp"
#include "core/delivery/ledger.hpp"
#include "core/delivery/position.hpp"

namespace weir::core::delivery {

struct Recovered {
  LedgerStart ledger;
  /// For the next segment.
  std::uint32_t next_serial = 1;
};

/// Reads headers of all segments, payloads of the last one, whose end a crash may have torn; makes
/// durable what it found; removes what no longer counts. Throws weir::Error where the disk refuses;
/// the same call may then be made again.
[[nodiscard]] Recovered recover(const std::string& folder, Filesystem& filesystem,
                                PositionFile& positions);

}  // namespace weir::core::delivery
