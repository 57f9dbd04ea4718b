// SPDX-License-Identifier: Apache-2.0
// What the kernel alone costs: sendmmsg and recvmmsg of echo requests to loopback, 64 a call,
// without stamps, matching, schedule or rows.
#pragma once

namespace weir::bench {

struct BareResult {
  double seconds = 0, cpu_s = 0, sent = 0, received = 0;
};
[[nodiscard]] BareResult bare_loop(double seconds);

}  // namespace weir::bench
