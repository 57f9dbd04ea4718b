// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/backoff.hpp"

#include <algorithm>

namespace weir::core::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Duration doubled(Duration first, Duration most, std::uint64_t times) {
  Duration delay = first;
  for (std::uint64_t i = 0; i < times && delay < most; ++i) delay *= 2;
  return std::min(delay, most);
}

// Not std::uniform_int_distribution: its results differ between standard libraries.
Duration below(Duration bound, Random& random) {
  return Duration{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound.count()))};
}

}  // namespace

Duration RetryBackoff::next(Duration asked, Random& random) {
  const Duration bound = doubled(milliseconds{200}, seconds{60}, count_++);
  if (asked > Duration{0}) return asked;
  return std::max<Duration>(milliseconds{1}, below(bound, random));
}

Duration RestartBackoff::next(Duration now, Random& random) {
  if (now - last_ > seconds{60}) level_ = 0;
  last_ = now;
  const Duration delay =
      doubled(milliseconds{100}, seconds{30}, static_cast<std::uint64_t>(level_));
  level_ = std::min(level_ + 1, 16);
  return delay * 3 / 4 + below(delay / 2, random);
}

}  // namespace weir::core::runtime
