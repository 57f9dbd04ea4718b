// SPDX-License-Identifier: Apache-2.0
#include "inputs.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

namespace weir::lstm_model {
namespace {

using namespace std::chrono_literals;

constexpr Duration day = 24h;
constexpr Duration week = 7 * day;

// Sine and cosine of where `time` stands in the cycle. (1970 began on a Thursday; for a pair of
// sine and cosine the start does not matter.)
float* write_phase(Timestamp time, Duration cycle, float* to) {
  const Duration within = (time.time_since_epoch() % cycle + cycle) % cycle;
  const double angle = 2 * std::numbers::pi * static_cast<double>(within.count()) /
                       static_cast<double>(cycle.count());
  *to++ = static_cast<float>(std::sin(angle));
  *to++ = static_cast<float>(std::cos(angle));
  return to;
}

float* write_calendar(const InputPlan& plan, Timestamp time, float* to) {
  if (plan.daily) to = write_phase(time, day, to);
  if (plan.weekly) to = write_phase(time, week, to);
  return to;
}

// Rows from `origin + ahead` back to the newest known one, a whole number of lags away.
std::size_t rows_back(std::size_t lag, std::size_t ahead) { return lag * (ahead / lag + 1); }

}  // namespace

void choose_calendar(InputPlan& plan, const Rows& rows, std::size_t end, Duration step) {
  const Duration span = end > 0 ? rows.time(end - 1) - rows.time(0) : Duration{0};
  const auto can_teach = [&](Duration cycle) { return span >= 2 * cycle && 4 * step <= cycle; };
  plan.daily = can_teach(day);
  plan.weekly = can_teach(week);
}

bool knows_lags(const InputPlan& plan, const Rows& rows, std::size_t origin, std::size_t begin) {
  for (const std::size_t lag : plan.lags) {
    for (std::size_t ahead = 0; ahead < plan.horizon; ++ahead) {
      const std::size_t back = rows_back(lag, ahead);
      if (origin + ahead < begin + back) return false;
      for (const std::size_t target : plan.targets) {
        if (std::isnan(rows.at(origin + ahead - back, target))) return false;
      }
    }
  }
  return true;
}

void choose_lags(InputPlan& plan, const TrainingSet& set) {
  std::vector<std::size_t> wanted{set.season()};
  for (const Duration cycle : {day, week}) {
    if (set.step() > Duration{0} && cycle % set.step() == Duration{0})
      wanted.push_back(static_cast<std::size_t>(cycle / set.step()));
  }
  for (const std::size_t lag : wanted) {
    if (lag < 2 || lag > set.rows().size()) continue;
    if (std::find(plan.lags.begin(), plan.lags.end(), lag) != plan.lags.end()) continue;
    if (plan.known() + plan.outputs() > max_known) continue;
    InputPlan alone = plan;
    alone.lags = {static_cast<std::uint32_t>(lag)};
    std::size_t knowing = 0;
    for (const std::uint64_t window : set.train()) {
      const std::size_t origin = window + set.sequence_length();
      knowing += knows_lags(alone, set.rows(), origin, set.series_begin(window)) ? 1U : 0U;
    }
    if (2 * knowing >= set.train().size()) plan.lags.push_back(static_cast<std::uint32_t>(lag));
  }
}

float* write_row(const InputPlan& plan, bool lagged, const Rows& rows, std::size_t row,
                 std::size_t begin, float* to) {
  for (const double value : rows[row]) *to++ = static_cast<float>(value);
  to = write_calendar(plan, rows.time(row), to);
  if (!lagged) return to;
  for (const std::size_t lag : plan.lags) {
    for (const std::size_t target : plan.targets) {
      const double own = rows.at(row, target);
      const double before = row >= begin + lag ? rows.at(row - lag, target) : own;
      *to++ = static_cast<float>(std::isnan(before) ? own : before);
    }
  }
  return to;
}

void write_known(const InputPlan& plan, const Rows& rows, std::size_t origin, std::size_t begin,
                 std::size_t ahead, float* to) {
  for (const std::size_t lag : plan.lags) {
    for (std::size_t step = 0; step < ahead; ++step) {
      const std::size_t back = rows_back(lag, step);
      for (const std::size_t target : plan.targets) {
        const double last = rows.at(origin - 1, target);
        const double before =
            origin + step >= begin + back ? rows.at(origin + step - back, target) : last;
        *to++ = static_cast<float>(std::isnan(before) ? last : before);
      }
    }
  }
}

void read_window(const InputPlan& plan, const Rows& rows, Duration step, WindowInputs& inputs) {
  const std::size_t origin = rows.size();
  inputs.window.resize(plan.steps * plan.inputs(true));
  float* to = inputs.window.data();
  for (std::size_t row = origin - plan.steps; row < origin; ++row)
    to = write_row(plan, true, rows, row, 0, to);
  inputs.known.resize(plan.known());
  write_known(plan, rows, origin, 0, plan.horizon, inputs.known.data());
  inputs.future.resize(plan.recursive ? plan.horizon * plan.calendar() : 0);
  to = inputs.future.data();
  for (std::size_t ahead = 0; !inputs.future.empty() && ahead < plan.horizon; ++ahead) {
    const auto steps = static_cast<std::int64_t>(ahead + 1);
    to = write_calendar(plan, rows.time(origin - 1) + step * steps, to);
  }
}

}  // namespace weir::lstm_model
