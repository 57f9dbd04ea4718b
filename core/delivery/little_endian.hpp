// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Integers as the spool's files hold them: least significant byte first, on any machine.

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace weir::core::delivery {

template <class Integer>
void put(std::span<std::byte> into, std::size_t at, Integer value) {
  auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
  for (std::size_t i = 0; i < sizeof value; ++i) {
    into[at + i] = static_cast<std::byte>(bits & 0xFFU);
    bits = static_cast<decltype(bits)>(bits >> 8U);
  }
}

template <class Integer>
[[nodiscard]] Integer get(std::span<const std::byte> from, std::size_t at) {
  std::make_unsigned_t<Integer> bits = 0;
  for (std::size_t i = sizeof bits; i-- > 0;) {
    bits = static_cast<decltype(bits)>((bits << 8U) | std::to_integer<std::uint8_t>(from[at + i]));
  }
  return static_cast<Integer>(bits);
}

}  // namespace weir::core::delivery
