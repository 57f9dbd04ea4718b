// SPDX-License-Identifier: Apache-2.0
// The node: options in, rows of measurement `netdev` out. What it does stands in README.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <weir/plugin.hpp>

#include "machine.hpp"
#include "sampler.hpp"

namespace weir::netdev_source {

/// Samples as rows; the columns are made once.
class Rows {
 public:
  Rows();
  [[nodiscard]] Batch of(Timestamp label, const std::vector<Sample>& samples);

 private:
  using Key = BatchBuilder::Key;
  BatchBuilder builder_{"netdev"};
  Key interface_, rx_, tx_, both_, utilization_, rx_packets_, tx_packets_, rx_errors_, tx_errors_,
      rx_drops_, tx_drops_;
};

class NetdevSource {
 public:
  static constexpr auto name = "netdev-source";
  static constexpr auto summary =
      "Reads the counters of network interfaces: throughput, utilization, packets, errors and "
      "drops.";
  static constexpr std::string_view details =
      "Rates are taken over the time that really went by. A reset counter or an interface that "
      "goes away "
      "is a row of nulls, never a spike. The time of a row is the beginning of its interval.";
  static constexpr bool live = true;

  struct Options {
    std::vector<std::string> interfaces{"default"};
    Duration interval = std::chrono::seconds(1);
    static constexpr auto fields = std::tuple{
        field(&Options::interfaces, "interfaces",
              "Exact names; 'default' is the interface of the default route, 'all' is all of them")
            .min(1),
        field(&Options::interval, "interval", "One row per interface for each of these")
            .range(std::chrono::milliseconds(10), std::chrono::hours(1))};
  } options;

  NetdevSource() : NetdevSource(Machine{}) {}

  void open(Context& context);
  [[nodiscard]] std::variant<Batch, Wait, End> produce(Context& context);

 protected:
  explicit NetdevSource(Machine machine) : machine_(std::move(machine)) {}

 private:
  [[nodiscard]] Batch sample(Context& context, Timestamp label);
  [[nodiscard]] Reading read(Context& context);
  [[nodiscard]] Link link_of(const std::string& interface, Duration now);
  void tell_changes(Context& context);

  Machine machine_;
  Selection selection_;
  std::optional<Sampler> sampler_;
  Rows rows_;
  std::optional<Timestamp> due_;
  std::optional<std::string> default_interface_;
  std::optional<Duration> default_read_at_;
  struct KnownLink {
    Link link;
    Duration read_at;
  };
  std::map<std::string, KnownLink> links_;
  bool unreadable_told_ = false;
};

}  // namespace weir::netdev_source
