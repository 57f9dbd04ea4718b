// SPDX-License-Identifier: Apache-2.0
// The node: options in, rows of measurement `icmp` out. What it does stands in README.md.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <weir/plugin.hpp>

#include "prober.hpp"
#include "row_pace.hpp"
#include "rows.hpp"
#include "targets.hpp"
#include "world.hpp"

namespace weir::icmp_source {

/// Which addresses of a name are pinged.
enum class Addresses : std::uint8_t { one, all };
[[nodiscard]] constexpr auto enum_names(Addresses) {
  using Name = std::pair<std::string_view, Addresses>;
  return std::array{Name{"one", Addresses::one}, Name{"all", Addresses::all}};
}

class IcmpSource {
 public:
  static constexpr auto name = "icmp-source";
  static constexpr auto summary =
      "Pings many IPv4 and IPv6 targets: loss, round-trip times, jitter and MOS of each interval.";
  static constexpr std::string_view details =
      "Needs CAP_NET_RAW, or ping sockets (net.ipv4.ping_group_range). With neither it says what "
      "to do and ends its stream, unless `required` is set. A target that does not answer is rows "
      "with 100 % loss and no round-trip times.\n\n"
      "A target may carry settings of its own: `dns.example interval=10s count=10 dscp=46`. They "
      "are interval, count, size, dscp, ttl, dont_fragment, source, interface and addresses.";
  static constexpr bool live = true;
  static constexpr auto outputs =
      std::array{port("out", "One row a target and interval, measurement `icmp`"),
                 port("probes", "With `per_probe`, one row a probe, measurement `icmp_probe`")};

  struct Options {
    std::vector<std::string> targets;
    std::string targets_file;
    Duration interval = std::chrono::seconds(1);
    std::uint32_t count = 1;
    Duration timeout = std::chrono::seconds(1);
    std::uint32_t size = 56;
    FamilyChoice family = FamilyChoice::any;
    Addresses addresses = Addresses::one;
    std::optional<std::uint32_t> dscp;
    std::optional<std::uint32_t> ttl;
    std::optional<bool> dont_fragment;
    std::string source;
    std::string interface;
    Duration tick = std::chrono::milliseconds(10);
    Duration stall = std::chrono::milliseconds(5);
    Duration refresh = std::chrono::minutes(5);
    bool per_probe = false;
    bool required = false;
    static constexpr auto fields = std::tuple{
        field(&Options::targets, "targets",
              "Names and IPv4 or IPv6 addresses to ping, each with settings of its own behind it"),
        field(&Options::targets_file, "targets_file", "File with more of them, one a line"),
        field(&Options::interval, "interval", "One row per target for each of these")
            .range(SettingLimits::shortest_interval, SettingLimits::longest_interval),
        field(&Options::count, "count", "Probes per target and interval, spread evenly over it")
            .range(1, SettingLimits::most_probes)
            .unit("probes"),
        field(&Options::timeout, "timeout", "A probe without a reply for so long is lost")
            .range(std::chrono::milliseconds(1), std::chrono::minutes(1)),
        field(&Options::size, "size", "Payload of a probe, without IP and ICMP headers")
            .range(minimum_payload, maximum_payload)
            .unit("bytes"),
        field(&Options::family, "family",
              "Internet protocol of targets that are names: any, 4 or 6"),
        field(&Options::addresses, "addresses",
              "Of a name with several: one, or all of them (up to 8), each with rows of its own"),
        field(&Options::dscp, "dscp", "Differentiated services code point of probes (RFC 2474)")
            .range(0, SettingLimits::highest_dscp),
        field(&Options::ttl, "ttl", "Hops that a probe may take").range(1, 255),
        field(&Options::dont_fragment, "dont_fragment",
              "True: probes that do not fit a link fail; false: they are fragmented"),
        field(&Options::source, "source", "Address of this host that probes come from"),
        field(&Options::interface, "interface", "Interface that probes leave by"),
        field(&Options::tick, "tick",
              "Probes due within one tick are sent together, which saves CPU")
            .range(std::chrono::microseconds(100), std::chrono::seconds(1)),
        field(&Options::stall, "stall",
              "Samples taken while this host was later than this are counted as stalled")
            .range(std::chrono::microseconds(100), std::chrono::seconds(10)),
        field(
            &Options::refresh, "refresh",
            "Names are looked up again when their DNS time to live ends, at the latest after this")
            .range(std::chrono::seconds(1), std::chrono::hours(24)),
        field(&Options::per_probe, "per_probe", "Give a row for each probe on port `probes`"),
        field(&Options::required, "required",
              "Without the right to ping, fail instead of ending the stream")};
  } options;

  IcmpSource() : IcmpSource(this_machine()) {}

  static void open_privileged(const Options& options, Keeper& keeper);
  void open(Context& context);
  [[nodiscard]] Next produce(Output& output);
  void finish(Reason reason, Output& output);

 protected:
  explicit IcmpSource(World world) : world_(std::move(world)) {}

 private:
  struct Target {
    std::uint32_t first_slot = 0;
    std::uint32_t label_end = 0;  // in labels_
    std::uint16_t profile = 0;
    std::uint8_t slots = 1;
  };

  [[nodiscard]] Plan read_plan();
  [[nodiscard]] bool open_sockets(const Plan& plan);
  void start_prober(Plan& plan);
  void resolve_targets();
  void say_load(const Plan& plan) const;
  void apply(const probing::Resolution& news);
  void give_addresses(std::size_t target, std::vector<Address> found);
  void give_address(std::size_t target, std::uint32_t slot, const Address& address);
  [[nodiscard]] bool has_socket(Family family) const;
  void look_for_interfaces(Nanos now);
  void report_send_failure(std::uint32_t slot, int error);
  void warn(const std::string& text);
  [[nodiscard]] bool emit_rows(Output& output);
  void emit_probes(Output& output);
  void publish_counters();
  [[nodiscard]] std::string_view label_of(std::size_t target) const {
    const std::size_t begin = target == 0 ? 0 : targets_[target - 1].label_end;
    return std::string_view(labels_).substr(begin, targets_[target].label_end - begin);
  }
  [[nodiscard]] std::string named(std::size_t target) const {
    return "target '" + std::string(label_of(target)) + "'";
  }

  // Rows leave in pieces, so that making 60 000 of them holds no probe up for more than a moment.
  static constexpr std::size_t rows_a_batch = 512;

  World world_;
  const Context* context_ = nullptr;
  OpenSockets sockets_;
  std::unique_ptr<Prober> prober_;  // none: no right to ping, or nobody to ping
  std::unique_ptr<probing::Resolver> resolver_;
  std::vector<Target> targets_;
  std::string labels_;  // one behind the other: 60 000 strings would be 1 MB more
  std::vector<std::uint32_t> target_of_slot_;
  std::vector<std::size_t> resolved_targets_;                           // by name of resolver_
  std::unordered_map<std::uint32_t, std::optional<Address>> of_names_;  // by slot, for names alone
  std::unordered_map<std::uint32_t, std::string> unasked_;  // by slot: why it has no address
  std::unordered_map<std::uint32_t, int> send_errors_;      // by slot: the last one told
  std::vector<std::string> interfaces_;                     // by profile
  std::vector<PacketOptions> packet_options_;               // by profile
  Nanos next_interface_look_{};
  int warnings_ = 0;
  std::optional<Rows> rows_;
  RowPace pace_{rows_a_batch};
  std::optional<ProbeRows> probe_rows_;
  Nanos probe_rows_since_{};
  Counters published_;
  std::uint64_t published_dropped_ = 0;
};

}  // namespace weir::icmp_source
