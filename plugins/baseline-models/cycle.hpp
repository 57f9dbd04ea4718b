// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>
#include <weir/model.hpp>

#include "saved_bytes.hpp"

namespace weir::baseline_models {

/// Rows that come back: which of `season` places a moment has, counted from an anchor, so that a
/// window tells its place by its times alone.
struct Cycle {
  std::size_t season = 1;
  Timestamp anchor{};
  Duration step{1};

  [[nodiscard]] std::size_t place(Timestamp time) const {
    const auto season_rows = static_cast<std::int64_t>(season);
    const std::int64_t row = (time - anchor) / step;
    return static_cast<std::size_t>((row % season_rows + season_rows) % season_rows);
  }
  void put(model_parts::BytesWriter& to) const {
    to.put_size(season);
    to.put(static_cast<std::int64_t>(anchor.time_since_epoch().count()));
    to.put(static_cast<std::int64_t>(step.count()));
  }
  [[nodiscard]] static Cycle take(model_parts::BytesReader& from) {
    Cycle cycle;
    cycle.season = from.take_size(100'000'000);
    cycle.anchor = Timestamp{Duration{from.take<std::int64_t>()}};
    cycle.step = Duration{from.take<std::int64_t>()};
    const std::int64_t anchor = cycle.anchor.time_since_epoch().count();
    constexpr std::int64_t far = std::int64_t{1} << 61;  // 73 years; differences cannot overflow
    if (cycle.season < 1 || cycle.step < Duration{1} || anchor > far || anchor < -far)
      from.refuse("name a season that cannot be");
    return cycle;
  }
};

/// The middle value, of an even number the upper one; sorts a part of `values`. Not for none.
[[nodiscard]] double median(std::vector<double>& values);

}  // namespace weir::baseline_models
