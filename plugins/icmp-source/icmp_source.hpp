// SPDX-License-Identifier: Apache-2.0
// The node: options in, rows of measurement `icmp` out. What it does stands in README.md.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <weir/plugin.hpp>

#include "prober.hpp"
#include "rows.hpp"
#include "world.hpp"

namespace weir::icmp_source {

[[nodiscard]] constexpr auto enum_names(FamilyChoice) {
  using Name = std::pair<std::string_view, FamilyChoice>;
  return std::array{Name{"any", FamilyChoice::any}, Name{"4", FamilyChoice::ipv4},
                    Name{"6", FamilyChoice::ipv6}};
}

class IcmpSource {
 public:
  static constexpr auto name = "icmp-source";
  static constexpr auto summary =
      "Pings many IPv4 and IPv6 targets: loss, round-trip times, jitter and MOS of each interval.";
  static constexpr std::string_view details =
      "Needs CAP_NET_RAW, or ping sockets (net.ipv4.ping_group_range). With neither it says what "
      "to do "
      "and ends its stream, unless `required` is set. A target that does not answer is rows with "
      "100 % "
      "loss and no round-trip times.";
  static constexpr bool live = true;

  struct Options {
    std::vector<std::string> targets;
    Duration interval = std::chrono::seconds(1);
    std::uint32_t count = 1;
    Duration timeout = std::chrono::seconds(1);
    std::uint32_t size = 56;
    FamilyChoice family = FamilyChoice::any;
    Duration tick = std::chrono::milliseconds(1);
    Duration refresh = std::chrono::minutes(5);
    bool required = false;
    static constexpr auto fields = std::tuple{
        field(&Options::targets, "targets", "Names and IPv4 or IPv6 addresses to ping")
            .required()
            .min(1),
        field(&Options::interval, "interval", "One row per target for each of these")
            .range(std::chrono::milliseconds(10), std::chrono::hours(1)),
        field(&Options::count, "count", "Probes per target and interval, spread evenly over it")
            .range(1, 10'000)
            .unit("probes"),
        field(&Options::timeout, "timeout", "A probe without a reply for so long is lost")
            .range(std::chrono::milliseconds(1), std::chrono::minutes(1)),
        field(&Options::size, "size", "Payload of a probe, without IP and ICMP headers")
            .range(minimum_payload, maximum_payload)
            .unit("bytes"),
        field(&Options::family, "family",
              "Internet protocol of targets that are names: any, 4 or 6"),
        field(&Options::tick, "tick",
              "Probes due within one tick are sent together, which saves CPU")
            .range(std::chrono::microseconds(0), std::chrono::seconds(1)),
        field(&Options::refresh, "refresh", "Names are looked up again after this time")
            .range(std::chrono::seconds(1), std::chrono::hours(24)),
        field(&Options::required, "required",
              "Without the right to ping, fail instead of ending the stream")};
  } options;

  IcmpSource() : IcmpSource(this_machine()) {}

  void open(Context& context);
  [[nodiscard]] std::variant<Batch, Wait, End> produce(Context& context);
  void finish(Reason reason, Output& output);

 protected:
  explicit IcmpSource(World world) : world_(std::move(world)) {}

 private:
  [[nodiscard]] bool open_sockets();
  void start_prober();
  void resolve_targets();
  void apply(const Resolution& news);
  void give_address(std::size_t target, const std::optional<Address>& address);
  void report_send_failure(std::size_t target, int error);
  void publish_counters();

  World world_;
  const Context* context_ = nullptr;
  std::vector<std::string> targets_;  // without blanks and repetitions
  OpenSockets sockets_;
  std::unique_ptr<Prober> prober_;  // none: no right to ping
  std::unique_ptr<Resolver> resolver_;
  std::vector<std::size_t> resolved_targets_;      // the target of each name of resolver_
  std::vector<std::optional<Address>> addresses_;  // by target
  std::vector<int> send_errors_;                   // by target; the last one told
  std::optional<Rows> rows_;
  Counters published_;
};

}  // namespace weir::icmp_source
