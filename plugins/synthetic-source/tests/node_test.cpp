// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <weir/testing.hpp>

#include "synthetic_source.hpp"

namespace weir::synthetic_source {
namespace {

using testing::Bench;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::OptionTexts;

constexpr std::int64_t second = 1'000'000'000;

Batch all(const OptionTexts& options) {
  Bench<SyntheticSource> bench(options, {});
  while (!std::holds_alternative<End>(bench.produce())) {
  }
  return concatenate(bench.take());
}

/// FNV-1a over the bits of every value.
std::uint64_t fingerprint(const Batch& batch) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto add = [&](std::uint64_t bits) {
    for (int shift = 0; shift < 64; shift += 8)
      hash = (hash ^ ((bits >> shift) & 0xFF)) * 0x100000001b3U;
  };
  for (const Column& column : batch.columns()) {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      if (!column.valid(row)) {
        add(~std::uint64_t{0});
      } else if (column.type() == Type::float64) {
        add(std::bit_cast<std::uint64_t>(column.doubles()[row]));
      } else if (column.type() == Type::timestamp) {
        add(static_cast<std::uint64_t>(column.integers()[row]));
      }
    }
  }
  return hash;
}

TEST(SyntheticSource, SaysThatItIsSimulated) {
  Bench<SyntheticSource> bench({}, {});
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("simulated, not measured")));
  EXPECT_THAT(std::string(SyntheticSource::summary), HasSubstr("SIMULATED"));
}

TEST(SyntheticSource, TheSameBytesForASeedOnEveryPlatform) {
  const OptionTexts options{{"rows", "20000"}, {"series", "a,b"}, {"seed", "42"}};
  EXPECT_EQ(fingerprint(all(options)), 0x6dd3141bfa39b16U);
  EXPECT_NE(all(options), all({{"rows", "20000"}, {"series", "a,b"}, {"seed", "43"}}));
}

TEST(SyntheticSource, TheBatchSizeDoesNotChangeARow) {
  const Batch large = all({{"rows", "1000"}, {"series", "a,b,c"}, {"batch_rows", "100000"}});
  EXPECT_EQ(all({{"rows", "1000"}, {"series", "a,b,c"}, {"batch_rows", "7"}}), large);
  EXPECT_EQ(all({{"rows", "1000"}, {"series", "a,b,c"}, {"batch_rows", "1"}}), large);
}

TEST(SyntheticSource, AFurtherSeriesDoesNotChangeTheOthers) {
  const Batch one = all({{"rows", "500"}, {"series", "a"}});
  const Batch two = all({{"rows", "500"}, {"series", "a,b"}});
  for (std::size_t row = 0; row < one.rows(); ++row) {
    EXPECT_EQ(one.column("rx_mbps").number(row), two.column("rx_mbps").number(2 * row));
  }
}

TEST(SyntheticSource, TrafficLooksLikeNetdev) {
  const Batch rows =
      all({{"rows", "3"}, {"series", "eth0"}, {"outage_rate", "0"}, {"measurement", "netdev"}});
  EXPECT_EQ(rows.measurement(), "netdev");
  EXPECT_EQ(rows.column("interface").role(), Role::tag);
  EXPECT_EQ(rows.column("bandwidth_mbps").unit(), "Mbit/s");
  EXPECT_EQ(weir::to_text(Timestamp{Duration{rows.times()[1]}}), "2026-01-05T00:01:00Z");
  EXPECT_NEAR(rows.column("bandwidth_mbps").number(0),
              rows.column("rx_mbps").number(0) + rows.column("tx_mbps").number(0), 1e-9);
}

TEST(SyntheticSource, AnOutageIsALossOfAllOrNoTraffic) {
  const Batch latency = all({{"profile", "latency"}, {"outage_rate", "100"}, {"duration", "1d"}});
  std::size_t outages = 0;
  for (std::size_t row = 0; row < latency.rows(); ++row) {
    EXPECT_EQ(latency.column("rtt_avg_ms").is_null(row),
              latency.column("loss_percent").number(row) == 100);
    outages += latency.column("rtt_avg_ms").is_null(row) ? 1 : 0;
  }
  EXPECT_GT(outages, 50U);
  EXPECT_LT(outages, latency.rows());
  const Batch traffic = all({{"outage_rate", "100"}, {"duration", "1d"}});
  EXPECT_EQ(traffic.column("rx_mbps").null_count(), outages);
  EXPECT_EQ(traffic.column("bandwidth_mbps").null_count(), outages);
}

TEST(SyntheticSource, AnOutageCanReadAsAValue) {
  const Batch rows = all({{"outage_rate", "100"}, {"duration", "1d"}, {"outage_value", "-1"}});
  EXPECT_EQ(rows.column("rx_mbps").null_count(), 0U);
  std::size_t sentinels = 0;
  for (const double value : rows.column("tx_mbps").doubles()) sentinels += value == -1 ? 1 : 0;
  EXPECT_GT(sentinels, 50U);
}

TEST(SyntheticSource, RowsOrDurationButNotBoth) {
  EXPECT_EQ(all({{"duration", "10s"}, {"step", "1s"}}).rows(), 10U);
  EXPECT_EQ(all({{"rows", "10"}, {"series", "a,b"}}).rows(), 20U);
  EXPECT_EQ(all({}).rows(), 7U * 24 * 60);
  EXPECT_THROW(Bench<SyntheticSource>({{"rows", "1"}, {"duration", "1s"}}, {}), Fatal);
}

TEST(SyntheticSource, ATimeBeyondNanosecondsIsRefused) {
  EXPECT_THROW(Bench<SyntheticSource>({{"start", "2261-12-31"}, {"duration", "300d"}}, {}), Fatal);
  EXPECT_THROW(Bench<SyntheticSource>({{"rows", "9000000000000000000"}}, {}), Fatal);
  EXPECT_EQ(all({{"start", "1700-01-01"}, {"rows", "2"}}).rows(), 2U);
}

TEST(SyntheticSource, LiveKeepsTheClocksPaceAndGivesTheSameRows) {
  const Timestamp now{Duration{1'700'000'000 * second + 300'000'000}};
  Bench<SyntheticSource> bench({{"live", "true"}, {"step", "1s"}, {"rows", "5"}}, {}, now);
  EXPECT_TRUE(std::holds_alternative<Again>(bench.produce()));  // the row of this second
  const Next next = bench.produce();
  ASSERT_TRUE(std::holds_alternative<Wait>(next));
  EXPECT_EQ(std::get<Wait>(next).until, Timestamp{Duration{1'700'000'001 * second}});
  EXPECT_TRUE(std::holds_alternative<Wait>(bench.produce())) << "asked too early, it waits on";
  bench.set_now(now + std::chrono::seconds(2));
  EXPECT_TRUE(
      std::holds_alternative<Again>(bench.produce()));  // two rows: none is lost when it is late
  bench.produce_until(now + std::chrono::seconds(60));
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  const Batch rows = concatenate(bench.take());
  EXPECT_EQ(rows.rows(), 5U);
  EXPECT_EQ(rows, all({{"start", "2023-11-14T22:13:20Z"}, {"step", "1s"}, {"rows", "5"}}));
}

TEST(SyntheticSource, LiveWithAStartAheadWaitsForIt) {
  Bench<SyntheticSource> bench({{"live", "true"}, {"start", "1970-01-02"}}, {});
  const Next next = bench.produce();
  ASSERT_TRUE(std::holds_alternative<Wait>(next));
  EXPECT_EQ(std::get<Wait>(next).until, Timestamp{std::chrono::hours(24)});
}

}  // namespace
}  // namespace weir::synthetic_source
