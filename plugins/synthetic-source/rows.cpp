// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <algorithm>
#include <utility>

namespace weir::synthetic_source {
namespace {

/// Streams of chance for tx_mbps lie apart from those of rx_mbps, so that a further series changes
/// none.
constexpr std::uint64_t tx_streams = 1'000'000;

/// What goes up is a quarter of what comes down, and goes quiet with it.
Shape upward(Shape shape) {
  shape.level *= 0.25;
  shape.outage_rate = 0;
  return shape;
}

/// Loss sets in where the queue is full: 5 % for each level above twice the level.
double loss_percent(double rtt, double level) {
  if (level <= 0) return 0;
  return rounded(std::clamp((rtt / level - 2) * 5, 0.0, 100.0));
}

}  // namespace

Rows::Rows(Plan plan)
    : plan_(std::move(plan)),
      time_(plan_.start),
      builder_(plan_.measurement),
      tag_(builder_.tag(plan_.profile == Profile::traffic ? "interface" : "target")) {
  for (std::uint64_t i = 0; i < plan_.series.size(); ++i) {
    main_.emplace_back(plan_.shape, plan_.seed, i, plan_.start, plan_.step);
    other_.emplace_back(upward(plan_.shape), plan_.seed, tx_streams + i, plan_.start, plan_.step);
  }
  if (plan_.profile == Profile::traffic) {
    for (const char* name : {"rx_mbps", "tx_mbps", "bandwidth_mbps"}) {
      fields_.push_back(builder_.field<double>(name, "Mbit/s"));
    }
  } else {
    fields_.push_back(builder_.field<double>("rtt_avg_ms", "ms"));
    fields_.push_back(builder_.field<double>("loss_percent", "percent"));
  }
}

void Rows::add_traffic(std::size_t series, BatchBuilder::Row row) {
  const std::optional<double> rx = main_[series].next();
  const std::optional<double> tx = other_[series].next();
  if (rx && tx) {
    row.set(fields_[0], *rx).set(fields_[1], *tx).set(fields_[2], rounded(*rx + *tx));
  } else {
    for (const auto key : fields_) row.set(key, plan_.outage_value);
  }
}

void Rows::add_latency(std::size_t series, BatchBuilder::Row row) {
  const std::optional<double> rtt = main_[series].next();
  row.set(fields_[0], rtt ? rtt : plan_.outage_value);
  row.set(fields_[1], rtt ? loss_percent(*rtt, plan_.shape.level) : 100.0);
}

Batch Rows::next(std::int64_t steps) {
  for (std::int64_t step = 0; step < steps; ++step, time_ += plan_.step) {
    for (std::size_t series = 0; series < plan_.series.size(); ++series) {
      auto row = builder_.row(time_);
      row.set(tag_, plan_.series[series]);
      if (plan_.profile == Profile::traffic) {
        add_traffic(series, row);
      } else {
        add_latency(series, row);
      }
    }
  }
  return builder_.build();
}

}  // namespace weir::synthetic_source
