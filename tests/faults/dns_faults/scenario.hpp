// SPDX-License-Identifier: Apache-2.0
// One trouble of DNS, from before it until all names are back: icmp-source, tcp-source and
// dns-source as they are, on real sockets of loopback.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "zone.hpp"

namespace weir::dns_faults {

struct Size {
  int others = 100;  ///< targets of icmp-source that are numbers; a fifth as many of tcp-source
  int names = 20;    ///< of each source
  int late = 5;      ///< names of each source that are not known before the trouble is over
  std::chrono::seconds before{5};
  std::chrono::seconds trouble{40};
};

/// Longer than any resolver waits between two lookups of a name: only a broken one reaches it.
constexpr std::chrono::seconds patience{150};
/// Lookups of a name begin at least 10 s apart, and each is at most two questions (A and AAAA) to
/// one server, asked twice; one lookup more for a program that was held up.
constexpr std::size_t most_questions_a_minute = (60 / 10 + 2) * 2 * 2;

struct Report {
  std::string text;  ///< some lines
  std::vector<std::string> wrong;
};

/// Addresses of which each must take connections on `port`.
[[nodiscard]] std::vector<std::string> tcp_addresses(const Size& size);
/// Takes as long as the trouble, and until the names are back.
[[nodiscard]] Report run(Trouble trouble, const Size& size, std::uint16_t port);

[[nodiscard]] const char* to_text(Trouble trouble);

}  // namespace weir::dns_faults
