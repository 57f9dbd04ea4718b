// SPDX-License-Identifier: Apache-2.0
// What the tests of the prober share: a prober on a network in memory and a clock turned by hand.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_network.hpp"
#include "prober.hpp"

namespace weir::icmp_source::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr Nanos utc_of_start = seconds(1'700'000'000);

// What a tally says, kept after it is gone.
struct Figures {
  Figures() = default;
  explicit Figures(const Tally& tally)
      : loss(tally.loss),
        sent(tally.loss.sent),
        received(tally.loss.received),
        loss_percent(tally.loss.loss_percent()),
        rtt_avg_ms(tally.rtt.mean_ms()),
        rtt_p50_ms(tally.rtt.percentile_ms(50)),
        rtt_max_ms(tally.rtt.max_ms()),
        jitter_ms(tally.jitter_ms),
        host_stall_ms(tally.host_stall_ms),
        egress_ms(tally.egress_queue_ms.value()),
        path_ms(tally.path_ms.value()),
        ipdv_ms(tally.ipdv_ms.value()),
        stamped(tally.stamped),
        stalled(tally.stalled),
        icmp_errors(tally.icmp_errors),
        icmp_type(tally.icmp_type),
        icmp_code(tally.icmp_code) {}
  probing::LossTally loss;
  std::int64_t sent = 0, received = 0;
  double loss_percent = 100;
  std::optional<double> rtt_avg_ms, rtt_p50_ms, rtt_max_ms;
  double jitter_ms = -1, host_stall_ms = 0, egress_ms = 0, path_ms = 0, ipdv_ms = 0;
  int stamped = 0, stalled = 0, icmp_errors = 0, icmp_type = 0, icmp_code = 0;
};
struct Row {
  std::uint32_t target;
  std::optional<Address> address;
  Figures summary;
  std::uint64_t dropped;
};
struct Report {
  Nanos label;
  std::vector<Row> rows;
};

// A prober, two scripted sockets and a clock that runs from wake-up to wake-up.
class ProberTest : public ::testing::Test {
 protected:
  explicit ProberTest(Form v4_form = Form::ipv4_with_header)
      : v4(now, v4_form, 0x1111), v6(now, Form::ipv6, 0x2222) {}

  ProberConfig config{
      .tick = milliseconds(1), .seed = 5, .key = {1, 2}, .first_number = 0xfffffff0};
  Nanos now = seconds(50);
  Nanos utc_offset = utc_of_start - seconds(50);
  FakeSocket v4, v6;
  std::unique_ptr<Prober> prober;
  std::vector<Report> reports;

  Profile& profile() { return config.profiles[0]; }
  void start(const std::vector<std::string>& addresses) {
    if (config.profile_of.empty()) config.profile_of.resize(addresses.size());
    prober = std::make_unique<Prober>(config, std::vector<Socket*>{&v4, &v6});
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      if (!addresses[i].empty())
        prober->set_address(static_cast<std::uint32_t>(i), address(addresses[i]));
    }
  }
  void step() {
    prober->step({.monotonic = now, .utc = now + utc_offset});
    take_rows();
  }
  // Rows of one label together.
  void take_rows() {
    IntervalRow row;
    while (prober->next_row(row)) {
      if (reports.empty() || reports.back().label != row.label) reports.push_back({row.label, {}});
      reports.back().rows.push_back({row.slot, row.address,
                                     row.tally != nullptr ? Figures(*row.tally) : Figures{},
                                     row.receive_dropped});
    }
  }
  // As the engine does it: at the wake-up, or sooner when a datagram is there (looked at each ms).
  void run(Nanos duration) {
    const Nanos end = now + duration;
    while (now < end) {
      step();
      ASSERT_GT(prober->next_wake(), now - seconds(1));
      now = std::min({end, std::max(prober->next_wake(), now + Nanos{1}), now + milliseconds(1)});
    }
  }
  const Counters& counters() { return prober->counters(); }
  std::uint64_t rejected() {
    std::uint64_t sum = 0;
    for (const auto count : counters().rejected) sum += count;
    return sum;
  }
};

}  // namespace weir::icmp_source::testing
