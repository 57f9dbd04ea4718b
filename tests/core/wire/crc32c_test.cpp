// SPDX-License-Identifier: Apache-2.0
#include "core/wire/crc32c.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string_view>
#include <vector>

namespace weir::core {
namespace {

using ByteVector = std::vector<std::byte>;

ByteVector bytes_of(std::string_view text) {
  ByteVector bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

// RFC 3720, appendix B.4.
TEST(Crc32c, GivesTheValuesOfTheRfc) {
  ByteVector up(32), down(32);
  for (std::size_t i = 0; i < 32; ++i) {
    up[i] = static_cast<std::byte>(i);
    down[i] = static_cast<std::byte>(31 - i);
  }
  for (const auto crc : {crc32c, crc32c_by_tables}) {
    EXPECT_EQ(crc(0, ByteVector(32)), 0x8A9136AAU);
    EXPECT_EQ(crc(0, ByteVector(32, std::byte{0xFF})), 0x62A8AB43U);
    EXPECT_EQ(crc(0, up), 0x46DD794EU);
    EXPECT_EQ(crc(0, down), 0x113FDB5CU);
    EXPECT_EQ(crc(0, bytes_of("123456789")), 0xE3069283U);
    EXPECT_EQ(crc(0, {}), 0U);
  }
}

TEST(Crc32c, TablesInstructionAndPartsAgree) {
  std::mt19937 random(1);
  ByteVector bytes(1000);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  const std::span<const std::byte> all(bytes);
  for (std::size_t size = 0; size < 100; ++size) {
    const auto some = all.subspan(size, 7 * size);
    const std::uint32_t whole = crc32c(size, some);
    EXPECT_EQ(whole, crc32c_by_tables(size, some));
    EXPECT_EQ(whole, crc32c(crc32c(size, some.first(size)), some.subspan(size)));
  }
}

}  // namespace
}  // namespace weir::core
