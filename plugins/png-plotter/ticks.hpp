// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace weir::png_plotter {

// A label may have two lines, parted by '\n'.
struct Tick {
  double position = 0;
  std::string label;
  bool operator==(const Tick&) const = default;
};

// min < max always.
struct Scale {
  double min = 0;
  double max = 1;
  std::vector<Tick> ticks;
};

// The smallest range with round ends (1, 2 or 5 times a power of ten apart) around [low, high],
// with about `count` ticks. Constant data gets room on both sides; NaN ends give 0 to 1.
[[nodiscard]] Scale round_scale(double low, double high, int count = 6);

// Powers of ten, with 2 and 5 between them where few decades are shown. low and high > 0.
[[nodiscard]] Scale log_scale(double low, double high);

// Exactly [low, high] seconds since 1970 UTC (widened if empty) with at most `count` ticks at full
// seconds, minutes, hours, days or months; the date stands in the second line where it changes.
[[nodiscard]] Scale time_scale(double low, double high, int count);

// Exactly [low, high] (one number: one more on either side), ticks at whole numbers only.
[[nodiscard]] Scale whole_scale(double low, double high, int count);

// "2026-11-22 23:55 to 23:58 UTC": the range in words for a subtitle.
[[nodiscard]] std::string time_range_text(double low, double high);

}  // namespace weir::png_plotter
