// SPDX-License-Identifier: Apache-2.0
// What an answer of a DNS server says (RFC 1035 §4.1). Pure; the bytes come from anybody.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "record.hpp"

namespace weir::dns_source {

struct Answer {
  int rcode = 0;
  std::int64_t answers = 0;           ///< records of the type that was asked for
  std::optional<std::int64_t> ttl_s;  ///< smallest of the answer, aliases included
};

/// Absent where the message is cut short or breaks the protocol.
[[nodiscard]] std::optional<Answer> read_answer(std::span<const std::uint8_t> message,
                                                Record asked);

/// "NOERROR", "NXDOMAIN": the names of RFC 6895; "RCODE11" where there is none.
[[nodiscard]] std::string rcode_text(int rcode);

}  // namespace weir::dns_source
