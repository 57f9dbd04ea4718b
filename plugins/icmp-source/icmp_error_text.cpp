// SPDX-License-Identifier: Apache-2.0
#include "icmp_error_text.hpp"

#include <array>
#include <string_view>

namespace weir::icmp_source {
namespace {

constexpr std::array<std::string_view, 16> unreachable_v4{
    "network unreachable",
    "host unreachable",
    "protocol unreachable",
    "port unreachable",
    "packet too large for a link, and must not be fragmented",
    "source route failed",
    "network unknown",
    "host unknown",
    "source host isolated",
    "network prohibited",
    "host prohibited",
    "network unreachable for this DSCP",
    "host unreachable for this DSCP",
    "prohibited by a filter",
    "host precedence violation",
    "precedence cut off"};

constexpr std::array<std::string_view, 8> unreachable_v6{"no route",
                                                         "prohibited by a filter",
                                                         "beyond the scope of the source",
                                                         "address unreachable",
                                                         "port unreachable",
                                                         "source refused by policy",
                                                         "route rejected",
                                                         "error in the source route"};

template <std::size_t Size>
std::string_view pick(const std::array<std::string_view, Size>& texts, std::uint8_t code) {
  return code < Size ? texts[code] : std::string_view("unreachable");
}

std::string_view meaning(Family family, std::uint8_t type, std::uint8_t code) {
  const bool v4 = family == Family::ipv4;
  const std::string_view in_transit =
      code == 0 ? "TTL used up on the way" : "fragments did not arrive in time";
  if (v4) {
    if (type == 3) return pick(unreachable_v4, code);
    return type == 11 ? in_transit : "header refused";
  }
  if (type == 1) return pick(unreachable_v6, code);
  if (type == 2) return "packet too large for a link";
  return type == 3 ? in_transit : "header refused";
}

}  // namespace

std::string icmp_error_text(Family family, std::uint8_t type, std::uint8_t code) {
  return std::string(meaning(family, type, code)) + " (ICMP" +
         (family == Family::ipv4 ? "" : "v6") + " type " + std::to_string(type) + ", code " +
         std::to_string(code) + ")";
}

}  // namespace weir::icmp_source
