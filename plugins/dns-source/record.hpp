// SPDX-License-Identifier: Apache-2.0
// Types of records (RFC 1035 §3.2.2, RFC 3596, RFC 2782), by their numbers on the wire.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace weir::dns_source {

enum class Record : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33
};
[[nodiscard]] constexpr auto enum_names(Record) {
  using Name = std::pair<std::string_view, Record>;
  return std::array{
      Name{"A", Record::a},         Name{"AAAA", Record::aaaa}, Name{"MX", Record::mx},
      Name{"TXT", Record::txt},     Name{"NS", Record::ns},     Name{"SOA", Record::soa},
      Name{"CNAME", Record::cname}, Name{"SRV", Record::srv},   Name{"PTR", Record::ptr}};
}
[[nodiscard]] constexpr std::string_view to_text(Record record) {
  for (const auto& [name, named] : enum_names(record)) {
    if (named == record) return name;
  }
  return {};
}

}  // namespace weir::dns_source
