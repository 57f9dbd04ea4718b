// SPDX-License-Identifier: Apache-2.0
#include "synthetic_source.hpp"

#include <algorithm>
#include <limits>

namespace weir::synthetic_source {
namespace {

using std::chrono::days;

constexpr Timestamp default_start =
    std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};  // a Monday
constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::int64_t SyntheticSource::step_count() const {
  if (options.rows) return *options.rows;
  if (!options.duration && options.live) return for_ever;
  return std::max<std::int64_t>(1, options.duration.value_or(days(7)) / options.step);
}

void SyntheticSource::open(Context& context) {
  if (options.rows && options.duration)
    throw Fatal("rows and duration are both given; give one of them");
  start_ = options.start.value_or(
      options.live ? std::chrono::floor<std::chrono::seconds>(context.now()) : default_start);
  count_ = step_count();
  const std::int64_t start = start_.time_since_epoch().count();
  const std::int64_t step = options.step.count();
  // Only a year beyond 2262 can be meant by more: nanoseconds in 64 bits end there.
  const std::int64_t most =
      (Timestamp::max().time_since_epoch().count() - std::max<std::int64_t>(start, 0)) / step - 1;
  if (count_ != for_ever && count_ > most) {
    throw Fatal("the rows would reach beyond the year 2262; give fewer rows or a shorter step");
  }
  rows_.emplace(
      Plan{options.profile, options.series, options.measurement,
           Shape{options.level, options.daily_amplitude, options.weekly_amplitude, options.trend,
                 options.noise, options.noise_memory, options.burst_rate, options.outage_rate},
           options.seed, start, step, options.outage_value});
  context.log(Level::info,
              "the rows of measurement '" + options.measurement + "' are simulated, not measured");
}

std::int64_t SyntheticSource::steps_due(Timestamp now) const {
  if (!options.live) return count_;
  if (now < start_) return 0;
  return std::min(count_, (now - start_) / options.step + 1);
}

std::variant<Batch, Wait, End> SyntheticSource::produce(Context& context) {
  if (done_ == count_) return End{};
  const std::int64_t due = steps_due(context.now()) - done_;
  if (due <= 0) return Wait{start_ + done_ * options.step};
  const auto series = static_cast<std::int64_t>(options.series.size());
  const std::int64_t steps = std::min(due, std::max<std::int64_t>(1, options.batch_rows / series));
  done_ += steps;
  return rows_->next(steps);
}

}  // namespace weir::synthetic_source
