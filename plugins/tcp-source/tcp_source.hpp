// SPDX-License-Identifier: Apache-2.0
// The node: options in, rows of measurement `tcp` out. What it does stands in README.md.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <weir/plugin.hpp>

#include "address.hpp"
#include "ares_lookups.hpp"
#include "rows.hpp"
#include "service_run.hpp"
#include "targets.hpp"
#include "tcp_prober.hpp"

namespace weir::tcp_source {

class TcpSource {
 public:
  static constexpr auto name = "tcp-source";
  static constexpr auto summary =
      "Connects to TCP services: time to connect, loss and why, one row a target and interval.";
  static constexpr std::string_view details =
      "Nothing is sent over a connection; it is closed at once. A target that refuses, does not "
      "answer or has no address is a row whose `outcome` says so.";
  static constexpr bool live = true;
  static constexpr auto outputs =
      std::array{port("out", "One row a target and interval, measurement `tcp`")};

  struct Options {
    std::vector<std::string> targets;
    std::string targets_file;
    Duration interval = std::chrono::seconds(10);
    std::uint32_t count = 1;
    Duration timeout = std::chrono::seconds(3);
    probing::FamilyChoice family = probing::FamilyChoice::any;
    Duration refresh = std::chrono::minutes(5);
    static constexpr auto fields = std::tuple{
        field(&Options::targets, "targets",
              "host:port of services; an IPv6 address stands in brackets"),
        field(&Options::targets_file, "targets_file", "File with more of them, one a line"),
        field(&Options::interval, "interval", "One row a target for each of these")
            .range(std::chrono::milliseconds(10), std::chrono::hours(1)),
        field(&Options::count, "count",
              "Connections to each target in an interval, spread evenly over it")
            .range(1, probing::most_probes_an_interval)
            .unit("probes"),
        field(&Options::timeout, "timeout", "A target that has not answered for so long is lost")
            .range(std::chrono::milliseconds(1), std::chrono::minutes(1)),
        field(&Options::family, "family",
              "Internet protocol of targets that are names: any, 4 or 6"),
        field(
            &Options::refresh, "refresh",
            "Names are looked up again when their DNS time to live ends, at the latest after this")
            .range(std::chrono::seconds(1), std::chrono::hours(24))};
  } options;

  TcpSource() : TcpSource([] { return probing::ares_lookups(); }) {}

  void open(Context& context);
  [[nodiscard]] Next produce(Output& output) { return run_.produce(output); }
  void finish(Reason, Output& output) { run_.finish(output); }

 protected:
  using Lookups = std::function<std::unique_ptr<probing::LookupService>()>;
  explicit TcpSource(Lookups lookups) : lookups_(std::move(lookups)) {}

 private:
  Lookups lookups_;
  std::vector<Target> targets_;
  probing::ServiceRun<TcpResult, Rows> run_;
};

}  // namespace weir::tcp_source
