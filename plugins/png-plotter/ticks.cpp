// SPDX-License-Identifier: Apache-2.0
#include "ticks.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace weir::png_plotter {

namespace {

constexpr double kDay = 86400;
constexpr double kLeastSpan = 1e-290;  // below, steps between ticks lose their digits
// Years beyond these are no measurement; they would only break the calendar's arithmetic.
constexpr double kEarliest = -62135596800.0;  // year 1
constexpr double kLatest = 253402300799.0;    // year 9999

struct Moment {
  int year = 0;
  unsigned month = 1, day = 1;
  int hour = 0, minute = 0;
  double second = 0;
};

Moment moment_of(double seconds) {
  seconds = std::clamp(seconds, kEarliest, kLatest);
  const double days = std::floor(seconds / kDay);
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(days)}}};
  const double rest = seconds - days * kDay;
  Moment moment;
  moment.year = static_cast<int>(date.year());
  moment.month = static_cast<unsigned>(date.month());
  moment.day = static_cast<unsigned>(date.day());
  moment.hour = static_cast<int>(rest / 3600);
  moment.minute = static_cast<int>((rest - moment.hour * 3600.0) / 60);
  moment.second = rest - moment.hour * 3600.0 - moment.minute * 60.0;
  return moment;
}

template <typename... Values>
std::string text(const char* format, Values... values) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, values...);
  return buffer.data();
}

std::string date_text(const Moment& m) {
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return text("%s %u", kMonths.at(m.month - 1), m.day);
}

std::string clock_text(const Moment& m, double step) {
  if (step >= 60) return text("%02d:%02d", m.hour, m.minute);
  const int decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  const double unit = std::pow(10.0, decimals);
  const double second = std::floor(m.second * unit) / unit;  // 59.9 s is not yet the next minute
  return text("%02d:%02d:%0*.*f", m.hour, m.minute, decimals == 0 ? 2 : 3 + decimals, decimals,
              second);
}

double decade_step(double span, int count) {
  const double rough = span / std::max(count, 1);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * 0.999) return factor * power;
  }
  return 10 * power;
}

// 1234567 with step 500000 becomes "1.2 M": at most five characters before the suffix.
std::string number_label(double value, double step) {
  static constexpr std::array<const char*, 6> kSuffixes{"", " k", " M", " G", " T", " P"};
  std::size_t thousands = 0;
  if (std::abs(value) >= 1e4 || step >= 1e4) {
    while (thousands + 1 < kSuffixes.size() && std::abs(value) >= 1000) {
      value /= 1000;
      step /= 1000;
      ++thousands;
    }
  }
  if (value == 0) return "0";
  if (std::abs(value) >= 1e6 || step < 1e-6) return text("%.3g", value) + kSuffixes.at(thousands);
  const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
  return text("%.*f", std::min(decimals, 7), value) + kSuffixes.at(thousands);
}

void add_clock_ticks(Scale& scale, double step) {
  std::string last_date;
  for (double k = std::ceil(scale.min / step - 1e-9); k * step <= scale.max; k += 1) {
    const Moment m = moment_of(k * step + 1e-6);
    const std::string date = date_text(m);
    std::string label = clock_text(m, step);
    if (date != last_date) label += '\n' + date;
    last_date = date;
    scale.ticks.push_back({k * step, label});
  }
}

void add_day_ticks(Scale& scale, double step) {
  int last_year = 0;
  for (double k = std::ceil(scale.min / step - 1e-9); k * step <= scale.max; k += 1) {
    const Moment m = moment_of(k * step);
    std::string label = date_text(m);
    if (m.year != last_year) label += text("\n%d", m.year);
    last_year = m.year;
    scale.ticks.push_back({k * step, label});
  }
}

void add_month_ticks(Scale& scale, int count) {
  using namespace std::chrono;
  const double months = (scale.max - scale.min) / (30.4 * kDay);
  int step = 1;
  for (const int candidate : {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000}) {
    step = candidate;
    if (months / step <= count) break;
  }
  const Moment first = moment_of(scale.min);
  int month = (first.year * 12 + static_cast<int>(first.month) - 1) / step * step;
  for (; month / 12 <= 9999; month += step) {
    const sys_days at = sys_days{year{month / 12} / (month % 12 + 1) / 1};
    const double seconds = static_cast<double>(at.time_since_epoch().count()) * kDay;
    if (seconds > scale.max) break;
    if (seconds < scale.min) continue;
    scale.ticks.push_back({seconds, text("%d-%02d", month / 12, month % 12 + 1)});
  }
}

}  // namespace

Scale round_scale(double low, double high, int count) {
  if (!std::isfinite(low) || !std::isfinite(high)) low = 0, high = 1;
  if (high < low) std::swap(low, high);
  if (high - low <= std::max(1e-12 * std::max(std::abs(low), std::abs(high)), kLeastSpan)) {
    const double margin = std::abs(low) <= kLeastSpan ? 1 : 0.1 * std::abs(low);
    if (low >= 0)
      low = std::max(0.0, low - margin);
    else
      low -= margin;
    high += margin;
  }
  if (!std::isfinite(high - low)) low /= 4, high /= 4;  // ends near the largest double
  const double step = decade_step(high - low, count);
  Scale scale;
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  scale.min = first * step;
  scale.max = last * step;
  for (double k = first; k <= last; k += 1) {
    const double position = k == 0 ? 0 : k * step;
    scale.ticks.push_back({position, number_label(position, step)});
  }
  return scale;
}

Scale log_scale(double low, double high) {
  if (!(low > 0) || !std::isfinite(low)) low = 0.1;
  if (!(high > low) || !std::isfinite(high)) high = low * 10;
  Scale scale;
  const double first = std::floor(std::log10(low) + 1e-9);
  const double last = std::ceil(std::log10(high) - 1e-9);
  const double decades = last - first;
  scale.min = low;
  scale.max = high;
  const double every = std::max(1.0, std::ceil(decades / 8));
  for (double k = first; k <= last; k += every) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1 && decades > 4) break;
      const double value = factor * std::pow(10, k);
      if (value < low * 0.999 || value > high * 1.001) continue;
      scale.ticks.push_back({value, text("%g", value)});
    }
  }
  return scale;
}

Scale time_scale(double low, double high, int count) {
  Scale scale;
  scale.min = std::clamp(std::isfinite(low) ? low : 0, kEarliest, kLatest);
  scale.max = std::clamp(std::isfinite(high) ? high : scale.min, kEarliest, kLatest);
  if (scale.max - scale.min < 1e-3) scale.min -= 0.5, scale.max += 0.5;
  count = std::max(count, 2);
  const double span = scale.max - scale.min;
  static constexpr double kClockSteps[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05,  0.1,   0.2,  0.5,
                                           1,     2,     5,     10,   15,   30,    60,    120,  300,
                                           600,   900,   1800,  3600, 7200, 10800, 21600, 43200};
  for (const double step : kClockSteps) {
    if (span / step <= count) {
      add_clock_ticks(scale, step);
      return scale;
    }
  }
  for (const double days : {1.0, 2.0, 7.0, 14.0}) {
    if (span / (days * kDay) <= count) {
      add_day_ticks(scale, days * kDay);
      return scale;
    }
  }
  add_month_ticks(scale, count);
  return scale;
}

Scale whole_scale(double low, double high, int count) {
  Scale scale;
  scale.min = high > low ? low : low - 1;
  scale.max = high > low ? high : low + 1;
  const double step = std::max(1.0, decade_step(scale.max - scale.min, count));
  for (double k = std::ceil(scale.min / step); k * step <= scale.max; k += 1) {
    scale.ticks.push_back({k * step, number_label(k * step, step)});
  }
  return scale;
}

std::string time_range_text(double low, double high) {
  const Moment from = moment_of(low);
  const Moment to = moment_of(high);
  const double step = high - low < 600 ? 1 : 60;
  std::string result = text("%04d-%02u-%02u ", from.year, from.month, from.day);
  result += clock_text(from, step) + " to ";
  if (from.year != to.year || from.month != to.month || from.day != to.day) {
    result += text("%04d-%02u-%02u ", to.year, to.month, to.day);
  }
  return result + clock_text(to, step) + " UTC";
}

}  // namespace weir::png_plotter
