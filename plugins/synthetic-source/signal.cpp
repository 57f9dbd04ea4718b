// SPDX-License-Identifier: Apache-2.0
#include "signal.hpp"

#include <algorithm>
#include <cmath>

namespace weir::synthetic_source {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t day = 86'400 * second;

/// Where in its period a time lies, in turns; also before 1970.
double turn(std::int64_t time, std::int64_t period) {
  const std::int64_t rest = ((time % period) + period) % period;
  return static_cast<double>(rest) / static_cast<double>(period);
}

}  // namespace

double sine(double turns) {
  // Reduced to a quarter turn, then Taylor's series of sin(x) to x^13.
  double part = turns - std::floor(turns);
  double sign = 1;
  if (part >= 0.5) {
    part -= 0.5;
    sign = -1;
  }
  if (part > 0.25) part = 0.5 - part;
  const double x = part * 6.283185307179586;
  const double xx = x * x;
  double sum = 1;
  for (int k = 12; k >= 2; k -= 2) sum = 1 - xx / (k * (k + 1)) * sum;
  return sign * x * sum;
}

double rounded(double value) { return std::floor(value * 1000 + 0.5) / 1000; }

Signal::Signal(const Shape& shape, std::uint64_t seed, std::uint64_t number, std::int64_t start,
               std::int64_t step)
    : shape_(shape),
      random_(Random::stream(seed, number)),
      start_(start),
      step_(step),
      time_(start),
      fresh_noise_(
          std::sqrt(1 - shape.noise_memory * shape.noise_memory)) {  // IEEE 754: exactly rounded
  if (number > 0) {
    shape_.level *= 0.5 + random_.uniform();
    phase_ = static_cast<std::int64_t>((random_.uniform() - 0.5) * 7200) * second;
  }
  noise_ = random_.normal();
}

double Signal::rhythm() const {
  const std::int64_t at = time_ + phase_;
  const double days = static_cast<double>(time_ - start_) / static_cast<double>(day);
  // A sine that begins at 08:00 has its peak at 14:00. 1970 began on a Thursday: noon of the
  // Wednesday is six and a half days after, a quarter turn after 4.75 days.
  return 1 + shape_.trend * days + shape_.daily_amplitude * sine(turn(at, day) - 8.0 / 24) +
         shape_.weekly_amplitude * sine(turn(at, 7 * day) - 4.75 / 7);
}

std::int64_t Signal::steps_between(std::int64_t shortest, std::int64_t longest) {
  const double length =
      static_cast<double>(shortest) + random_.uniform() * static_cast<double>(longest - shortest);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(length) / step_);
}

double Signal::burst() {
  const double chance = shape_.burst_rate * static_cast<double>(step_) / static_cast<double>(day);
  if (random_.uniform() < chance && burst_left_ == 0) {
    burst_steps_ = burst_left_ = steps_between(60 * second, 1200 * second);
    burst_height_ = 0.5 + 1.5 * random_.uniform();
  }
  if (burst_left_ == 0) return 0;
  // Full height at once, then down in a line.
  return burst_height_ * static_cast<double>(burst_left_--) / static_cast<double>(burst_steps_);
}

bool Signal::outage() {
  const double chance = shape_.outage_rate * static_cast<double>(step_) / static_cast<double>(day);
  if (random_.uniform() < chance && outage_left_ == 0)
    outage_left_ = steps_between(30 * second, 600 * second);
  if (outage_left_ == 0) return false;
  --outage_left_;
  return true;
}

std::optional<double> Signal::next() {
  const double value = shape_.level * (rhythm() + shape_.noise * noise_ + burst());
  noise_ = shape_.noise_memory * noise_ + fresh_noise_ * random_.normal();
  const bool out = outage();
  time_ += step_;
  if (out) return std::nullopt;
  return rounded(std::max(0.0, value));
}

}  // namespace weir::synthetic_source
