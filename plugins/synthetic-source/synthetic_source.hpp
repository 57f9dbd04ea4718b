// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node: options in, simulated rows out. What it does stands in README.md.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <weir/node.hpp>
#include <weir/options.hpp>

#include "rows.hpp"

namespace weir::synthetic_source {

[[nodiscard]] constexpr auto enum_names(Profile) {
  return std::array{std::pair{"traffic", Profile::traffic}, std::pair{"latency", Profile::latency}};
}

class SyntheticSource {
 public:
  static constexpr auto
      name = "synthetic-source",
      summary =
          "SIMULATED data: daily and weekly rhythm, trend, noise, bursts and outages from a seed.";
  static constexpr std::string_view details =
      "Nothing here is measured. The same options give the same bytes on every machine, whatever "
      "`batch_rows` and "
      "`live` are. With `live: true` rows come at the pace of the clock, else as fast as they are "
      "taken.";

  struct Options {
    Profile profile = Profile::traffic;
    std::vector<std::string> series{"simulated0"};
    std::string measurement = "synthetic";
    std::optional<Timestamp> start;
    Duration step = std::chrono::minutes(1);
    std::optional<std::int64_t> rows;
    std::optional<Duration> duration;
    std::uint32_t seed = 1;
    double level = 50;
    double daily_amplitude = 0.5;
    double weekly_amplitude = 0.2;
    double trend = 0;
    double noise = 0.05;
    double noise_memory = 0.8;
    double burst_rate = 4;
    double outage_rate = 0.5;
    std::optional<double> outage_value;
    std::int64_t batch_rows = 1000;
    bool live = false;
    static constexpr auto fields = std::tuple{
        field(&Options::profile, "profile",
              "traffic: tag interface, rx_mbps, tx_mbps, bandwidth_mbps; latency: tag target, "
              "rtt_avg_ms, loss_percent"),
        field(&Options::series, "series",
              "Names of the series; each has its own size, phase and chance")
            .min(1),
        field(&Options::measurement, "measurement", "Name of what the rows pretend to measure")
            .min(1),
        field(&Options::start, "start",
              "Time of the first row; default: 2026-01-05T00:00:00Z, live: now"),
        field(&Options::step, "step", "Distance of the rows").min(std::chrono::milliseconds(1)),
        field(&Options::rows, "rows", "Rows of each series, then the end").min(1),
        field(&Options::duration, "duration",
              "Length of each series, in place of rows; with neither: 7d, live: without end")
            .min(std::chrono::milliseconds(1)),
        field(&Options::seed, "seed", "Another seed, another history"),
        field(&Options::level, "level",
              "Mean of rx_mbps (Mbit/s) or rtt_avg_ms (ms) of the first series")
            .range(0, 1e9),
        field(&Options::daily_amplitude, "daily_amplitude",
              "Swing over the day, part of the level; peak at 14:00 UTC")
            .range(0, 10),
        field(&Options::weekly_amplitude, "weekly_amplitude",
              "Swing over the week, part of the level; peak on Wednesday")
            .range(0, 10),
        field(&Options::trend, "trend", "Growth a day, part of the level").range(-10, 10),
        field(&Options::noise, "noise", "Standard deviation of the noise, part of the level")
            .range(0, 10),
        field(&Options::noise_memory, "noise_memory",
              "Autocorrelation of the noise from one row to the next")
            .range(0, 0.999),
        field(&Options::burst_rate, "burst_rate",
              "Bursts a day, of 1 to 20 minutes, up to twice the level on top")
            .range(0, 1e6),
        field(&Options::outage_rate, "outage_rate", "Outages a day, of half a minute to 10 minutes")
            .range(0, 1e6),
        field(&Options::outage_value, "outage_value",
              "What an outage reads, such as -1; default: null"),
        field(&Options::batch_rows, "batch_rows", "Rows that go on together, at most")
            .range(1, 1'000'000)
            .unit("rows"),
        field(&Options::live, "live", "Rows come when their time comes")};
  } options;

  void open(Context& context);
  [[nodiscard]] std::variant<Batch, Wait, End> produce(Context& context);

 private:
  [[nodiscard]] std::int64_t step_count() const;
  [[nodiscard]] std::int64_t steps_due(Timestamp now) const;

  Timestamp start_{};
  std::int64_t done_ = 0;
  std::int64_t count_ = 0;  // steps of each series in all
  std::optional<Rows> rows_;
};

}  // namespace weir::synthetic_source
