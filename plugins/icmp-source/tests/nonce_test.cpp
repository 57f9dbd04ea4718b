// SPDX-License-Identifier: Apache-2.0
#include "nonce.hpp"

#include <gtest/gtest.h>

namespace weir::icmp_source {
namespace {

TEST(Nonce, TestVectorOfSipHash24) {
  // Key 00 01 … 0f, message 00 01 02 03: line 4 of the vectors in the reference implementation.
  const NonceKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  EXPECT_EQ(nonce_of(key, 0x03020100), 0xcf2794e0277187b7U);
}

TEST(Nonce, DependsOnKeyAndNumber) {
  EXPECT_NE(nonce_of({1, 2}, 7), nonce_of({1, 2}, 8));
  EXPECT_NE(nonce_of({1, 2}, 7), nonce_of({1, 3}, 7));
}

}  // namespace
}  // namespace weir::icmp_source
