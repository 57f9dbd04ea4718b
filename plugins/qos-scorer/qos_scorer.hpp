// SPDX-License-Identifier: Apache-2.0
// The node: inputs and options in, rows of measurement `qos` out. What it does stands in README.md.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <weir/node.hpp>
#include <weir/options.hpp>

#include "load_latency.hpp"
#include "scoring.hpp"
#include "steps.hpp"
#include "watermarks.hpp"

namespace weir::qos_scorer {

/// Verdicts as rows; the columns are made once.
class Rows {
 public:
  Rows();
  void add(std::int64_t time, const std::string& target, const Measured& measured,
           const Verdict& verdict);
  [[nodiscard]] Batch take() { return builder_.build(); }

 private:
  using Key = BatchBuilder::Key;
  BatchBuilder builder_{"qos"};
  Key target_, score_, reason_, r_factor_, mos_, rtt_, loss_, jitter_, utilization_, under_load_,
      egress_queue_, host_stall_;
};

class QosScorer {
 public:
  static constexpr auto name = "qos-scorer";
  static constexpr auto summary =
      "Joins latency, loss, jitter and utilization into one score per target, with the reason.";
  static constexpr std::string_view details =
      "Takes batches of `icmp` (icmp-source) and `netdev` (netdev-source). The score is the "
      "R-factor of ITU-T G.107 as a share of its best, 0 to 100; the reason is one of `ok`, "
      "`uplink full`, `host stalled`, `path lossy`, `path slow`, `path jittery`, `target gone`, "
      "`not sent`.";
  static constexpr auto outputs =
      std::array{port("out", "One row per target and step, measurement `qos`"),
                 port("late", "Rows whose step had left when they came")};
  static constexpr Inputs inputs{.order = Order::watermark};

  struct Options {
    Duration step{10'000'000'000};
    std::vector<std::string> uplinks{"*"};
    double loss_limit = Limits{}.loss_percent;
    double rtt_limit = Limits{}.rtt_ms;
    double jitter_limit = Limits{}.jitter_ms;
    double utilization_limit = Limits{}.utilization_percent;
    double load_latency_limit = Limits{}.latency_under_load_ms;
    double egress_queue_limit = Limits{}.egress_queue_ms;
    double host_stall_limit = Limits{}.host_stall_ms;
    double idle_below = LoadRules{}.idle_below_percent;
    double busy_from = LoadRules{}.busy_from_percent;
    std::int64_t load_steps = 30;
    Duration lateness{};
    Duration idle_timeout{5'000'000'000};
    static constexpr auto fields = std::tuple{
        field(&Options::step, "step", "Each target is scored once for each of these")
            .range(Duration{100'000'000}, Duration{3'600'000'000'000}),
        field(&Options::uplinks, "uplinks",
              "Interfaces whose utilization counts, exact or with *; the busiest is taken")
            .min(1),
        field(&Options::loss_limit, "loss_limit", "Loss from which a path is lossy")
            .range(0.001, 100.0)
            .unit("percent"),
        field(&Options::rtt_limit, "rtt_limit", "Round trip from which a path is slow")
            .min(0.001)
            .unit("ms"),
        field(&Options::jitter_limit, "jitter_limit", "Jitter from which a path is jittery")
            .min(0.001)
            .unit("ms"),
        field(&Options::utilization_limit, "utilization_limit",
              "Utilization from which trouble is put down to a full uplink")
            .range(0.001, 1000.0)
            .unit("percent"),
        field(&Options::load_latency_limit, "load_latency_limit",
              "Latency under load that is trouble while the uplink is full")
            .min(0.001)
            .unit("ms"),
        field(&Options::egress_queue_limit, "egress_queue_limit",
              "Time in this machine's own send queue that means a full uplink")
            .min(0.001)
            .unit("ms"),
        field(&Options::host_stall_limit, "host_stall_limit",
              "Lateness of this machine from which bad figures are put down to it")
            .min(0.001)
            .unit("ms"),
        field(&Options::idle_below, "idle_below", "Latency under load: below this a link is idle")
            .range(0.001, 100.0)
            .unit("percent"),
        field(&Options::busy_from, "busy_from", "Latency under load: from this a link is busy")
            .range(0.001, 100.0)
            .unit("percent"),
        field(&Options::load_steps, "load_steps",
              "Latency under load: the last so many idle and busy steps count")
            .range(1, 10'000),
        field(&Options::lateness, "lateness", "How much later than newer rows a row may come")
            .min(Duration{0}),
        field(&Options::idle_timeout, "idle_timeout",
              "Live: an input that sent nothing for so long stops holding the others")
            .min(Duration{1'000'000})};
  } options;

  void open(Context& context);
  void process(Input input, Output& output);
  void end_input(std::size_t input, Output& output);
  void on_time(Timestamp now, Output& output);
  void finish(weir::Reason reason, Output& output);

  /// Open steps, how far each input has come, and what latency under load is judged by.
  [[nodiscard]] std::string save_state() const;
  void load_state(std::uint32_t version, std::string_view bytes);

 private:
  void advance(Output& output);
  void score(const Step& step);

  Context* context_ = nullptr;
  std::optional<watermarks::Watermarks> marks_;
  std::optional<Steps> steps_;
  Limits limits_;
  LoadRules load_rules_;
  std::map<std::string, LoadLatency> load_latencies_;
  Rows rows_;
  bool unknown_told_ = false;
};

}  // namespace weir::qos_scorer
