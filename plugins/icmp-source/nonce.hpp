// SPDX-License-Identifier: Apache-2.0
// The secret in each probe: a keyed hash of its number, so that no memory is spent on it and what
// one target sees tells nothing about the probes of another.
#pragma once

#include <array>
#include <cstdint>

namespace weir::icmp_source {

using NonceKey = std::array<std::uint64_t, 2>;

/// SipHash-2-4 (Aumasson and Bernstein, 2012) of the four bytes of `number`, little endian.
[[nodiscard]] std::uint64_t nonce_of(const NonceKey& key, std::uint32_t number);

}  // namespace weir::icmp_source
