// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>
#include <weir/model.hpp>

namespace weir::lstm_model {

/// Values that go straight to the head, at most of the lags and at most of the window: more would
/// make the head larger than the layers.
inline constexpr std::size_t max_known = 1'024;

/// What a model reads of a window, and in which order. A row of the window becomes
///   features | calendar | for each lag: the targets that many rows before it
/// and of the time ahead is known
///   for each lag: [horizon × targets], the newest known values a whole number of lags before.
/// Where no such row is there (or a value is missing), a row's own value stands for it, and the
/// last value of the window for what is ahead.
struct InputPlan {
  struct Range {
    float least = 0, greatest = 0;
    void widen(const Range& by) {
      least = std::min(least, by.least);
      greatest = std::max(greatest, by.greatest);
    }
    bool operator==(const Range&) const = default;
  };

  std::size_t steps = 0;     // rows of a window
  std::size_t features = 0;  // of a row
  std::size_t horizon = 0;
  std::vector<std::uint32_t> targets;  // indices of features
  bool daily = false;                  // sine and cosine of the time of day (UTC)
  bool weekly = false;                 // and of the time of the week
  std::vector<std::uint32_t> lags;     // rows; the season, if it is among them, stands first
  bool recursive = false;              // the network gives one step, which is fed back
  // Per target: what is fed back is held inside. Empty: it is fed back as it is.
  std::vector<Range> fed_back = {};

  [[nodiscard]] std::size_t calendar() const { return (daily ? 2 : 0) + (weekly ? 2 : 0); }
  [[nodiscard]] std::size_t inputs(bool lagged) const {
    return features + calendar() + (lagged ? lags.size() * targets.size() : 0);
  }
  /// Steps ahead that one run of the network gives.
  [[nodiscard]] std::size_t network_steps() const { return recursive ? 1 : horizon; }
  [[nodiscard]] std::size_t outputs() const { return horizon * targets.size(); }
  [[nodiscard]] std::size_t known() const { return lags.size() * outputs(); }
  [[nodiscard]] float fed_back_value(std::size_t target, float forecast) const {
    if (fed_back.empty()) return forecast;
    return std::clamp(forecast, fed_back[target].least, fed_back[target].greatest);
  }
  bool operator==(const InputPlan&) const = default;
};

/// The calendar inputs that these rows can teach: a cycle counts if the rows before `end` span it
/// twice and a step is at most a quarter of it.
void choose_calendar(InputPlan& plan, const Rows& rows, std::size_t end, Duration step);

/// The lags that the training windows can teach: the season, a day and a week, as far as at least
/// half of the windows know the rows so far back.
void choose_lags(InputPlan& plan, const TrainingSet& set);

/// Whether all that the lags ask for ahead of row `origin` is there; `begin` is the series' first.
[[nodiscard]] bool knows_lags(const InputPlan& plan, const Rows& rows, std::size_t origin,
                              std::size_t begin);

/// One row [plan.inputs(lagged)]; returns the place after it.
float* write_row(const InputPlan& plan, bool lagged, const Rows& rows, std::size_t row,
                 std::size_t begin, float* to);

/// The first `ahead` steps of what is known: [lags × ahead × targets].
void write_known(const InputPlan& plan, const Rows& rows, std::size_t origin, std::size_t begin,
                 std::size_t ahead, float* to);

/// All that a forecast depends on, as numbers; an exported network takes the same.
struct WindowInputs {
  std::vector<float> window;  // steps × inputs(true)
  std::vector<float> known;   // lags × horizon × targets
  std::vector<float> future;  // horizon × calendar: the calendar of the rows ahead; if recursive
};

/// The last rows of `rows`, which are all of one series.
void read_window(const InputPlan& plan, const Rows& rows, Duration step, WindowInputs& inputs);

}  // namespace weir::lstm_model
