// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The log of a test path: one line for each packet, saying what was done to it. Pure.
///
///   3 93811223344 request 10.77.0.9 4711 3 56003 84 passed 93831224001 93832224120
///
/// number in the order of arrival · arrived (ns, CLOCK_MONOTONIC) · request, reply or other ·
/// destination · identifier, sequence and probe number of an echo · bytes of the IP packet · cause
/// · departures (ns), none to two. A path that answers logs requests, one that forwards all. A line
/// stands when the last copy has left, so lines are not in the order of arrival. Lines with # are
/// comments. "unfinished": the path ended before the packet had left.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/testpath/fates.hpp"
#include "core/testpath/packet.hpp"

namespace weir::core::testpath {

struct Record {
  std::uint64_t order = 0;
  Nanos arrived{};
  PacketInfo packet;
  std::size_t bytes = 0;
  Cause cause = Cause::passed;
  bool finished = true;
  std::vector<Nanos> departed{};
  [[nodiscard]] bool lost() const { return cause != Cause::passed; }
  friend bool operator==(const Record&, const Record&) = default;
};

/// With a line end.
[[nodiscard]] std::string to_line(const Record& record);
/// The whole log, in the order of arrival. Throws Error naming the line that is malformed.
[[nodiscard]] std::vector<Record> parse_truth(std::string_view log);

}  // namespace weir::core::testpath
