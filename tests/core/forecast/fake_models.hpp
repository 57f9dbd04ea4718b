// SPDX-License-Identifier: Apache-2.0
#pragma once
// Models with answers that a test can work out by hand.

#include <cmath>
#include <cstring>

#include "weir/plugin.hpp"

namespace weir::core::fakes {

/// Repeats the last value of each target.
struct LastValue {
  static constexpr auto name = "last-value", summary = "Repeats the last value.";
  std::vector<std::uint32_t> targets;

  void fit(const TrainingSet& set, Progress& progress) {
    targets.assign(set.targets().begin(), set.targets().end());
    for (std::uint64_t epoch = 1; epoch <= 5; ++epoch) {
      if (!progress.report(epoch, 5, 1.0 / static_cast<double>(epoch), 0.2, 0.5)) return;
    }
  }
  [[nodiscard]] Forecast predict(const Window& window) const {
    Forecast forecast;
    for (std::size_t step = 0; step < window.horizon(); ++step) {
      for (const std::uint32_t target : targets)
        forecast.push_back(window.rows().at(window.rows().size() - 1, target));
    }
    return forecast;
  }
  [[nodiscard]] std::string save() const {
    return {reinterpret_cast<const char*>(targets.data()), targets.size() * sizeof(std::uint32_t)};
  }
  void load(std::string_view bytes) {
    targets.resize(bytes.size() / sizeof(std::uint32_t));
    std::memcpy(targets.data(), bytes.data(), targets.size() * sizeof(std::uint32_t));
  }
};

/// Continues a line: what a perfect model of a ramp forecasts.
struct Ramp : LastValue {
  static constexpr auto name = "ramp", summary = "Continues the line through the last two values.";
  [[nodiscard]] Forecast predict(const Window& window) const {
    const std::size_t last = window.rows().size() - 1;
    Forecast forecast;
    for (std::size_t step = 1; step <= window.horizon(); ++step) {
      for (const std::uint32_t target : targets) {
        const double now = window.rows().at(last, target);
        forecast.push_back(now +
                           static_cast<double>(step) * (now - window.rows().at(last - 1, target)));
      }
    }
    return forecast;
  }
};

struct NotFinite : LastValue {
  static constexpr auto name = "not-finite", summary = "Forecasts NaN.";
  [[nodiscard]] static Forecast predict(const Window& window) {
    return Forecast(window.horizon() * window.target_count(), std::nan(""));
  }
};

}  // namespace weir::core::fakes
