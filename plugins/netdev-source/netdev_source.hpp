// SPDX-License-Identifier: Apache-2.0
// The node: options in, rows of measurement `netdev` out. What it does stands in README.md.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <weir/node.hpp>
#include <weir/options.hpp>

#include "netlink_reader.hpp"
#include "reader.hpp"
#include "rows.hpp"
#include "sampler.hpp"

namespace weir::netdev_source {

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
    std::vector<std::string> exclude;
    Duration interval = std::chrono::seconds(1);
    std::map<std::string, double> line_rx_mbps;
    std::map<std::string, double> line_tx_mbps;
    static constexpr auto fields = std::tuple{
        field(&Options::interfaces, "interfaces",
              "Exact names, or patterns with *; 'default' is the interface of the default route, "
              "'all' is all of them")
            .min(1),
        field(&Options::exclude, "exclude",
              "Names and patterns that patterns and 'all' do not take, such as veth*"),
        field(&Options::interval, "interval", "One row per interface for each of these")
            .range(std::chrono::milliseconds(10), std::chrono::hours(1)),
        field(&Options::line_rx_mbps, "line_rx_mbps",
              "What the line behind an interface can receive, Mbit/s, where it is less than the "
              "wire ({default: 50}): utilization is of this"),
        field(&Options::line_tx_mbps, "line_tx_mbps",
              "What the line behind an interface can send, Mbit/s")};
  } options;

  NetdevSource();

  void open(Context& context);
  [[nodiscard]] std::variant<Batch, Wait, End> produce(Context& context);

 protected:
  explicit NetdevSource(NetlinkReader::World world) : world_(std::move(world)) {}

 private:
  [[nodiscard]] Batch sample(Context& context, Timestamp label);
  [[nodiscard]] Reading read(Context& context);
  void fall_back(Context& context, const std::string& why);
  void take_note(Context& context, const Reading& reading);
  void tell_missing(Context& context, const Reading& reading) const;
  void tell_changes(Context& context) const;
  [[nodiscard]] Link link_of(const Present& interface) const;
  [[nodiscard]] std::optional<double> line(const std::map<std::string, double>& lines,
                                           const std::string& interface) const;

  NetlinkReader::World world_;
  Selection selection_;
  std::unique_ptr<Reader> reader_;
  std::optional<Sampler> sampler_;
  Rows rows_;
  std::optional<Timestamp> due_;
  Duration expected_{};  // when due_ was to come, by the monotonic clock
  std::optional<std::string> default_interface_;
  bool follows_default_ = false;  // the route is asked for
  bool falls_back_ = false;
  bool unreadable_told_ = false;
};

}  // namespace weir::netdev_source
