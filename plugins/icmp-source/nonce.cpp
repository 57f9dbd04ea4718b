// SPDX-License-Identifier: Apache-2.0
#include "nonce.hpp"

#include <bit>

namespace weir::icmp_source {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1, v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1, v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  }
};

}  // namespace

std::uint64_t nonce_of(const NonceKey& key, std::uint32_t number) {
  State state{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
              key[1] ^ 0x7465646279746573};
  // The message is four bytes, so one block: the length in the top byte, the bytes below.
  const std::uint64_t block = std::uint64_t{4} << 56 | number;
  state.v3 ^= block;
  state.rounds(2);
  state.v0 ^= block;
  state.v2 ^= 0xff;
  state.rounds(4);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace weir::icmp_source
