// SPDX-License-Identifier: Apache-2.0
#include "png_plotter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <weir/testing.hpp>

#include "scratch.hpp"
#include "table_reader.hpp"

namespace weir::png_plotter {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using weir::testing::Bench;
using weir::testing::OptionTexts;

Batch pings(int rows, const std::string& target = "127.0.0.1") {
  BatchBuilder builder("icmp");
  const auto to = builder.tag("target");
  const auto rtt = builder.field<double>("rtt_avg_ms", "ms");
  const auto loss = builder.field<double>("loss_percent", "%");
  for (int i = 0; i < rows; ++i) {
    auto row = builder.row(std::int64_t{i} * 1'000'000'000);
    row.set(to, target).set(loss, i % 3 == 0 ? 100.0 : 0.0);
    if (i % 3 != 0) row.set(rtt, 1.5 + i);
  }
  return builder.build();
}

TEST(PngPlotter, DrawsAtTheEnd) {
  const Scratch scratch;
  const auto folder = scratch.path() / "plots";
  Bench<PngPlotter> bench(
      OptionTexts{{"directory", folder.string()}, {"width", "800"}, {"height", "500"}});
  bench.process(pings(20)).process(pings(20, "`id`"));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  bench.end_input().finish();
  EXPECT_EQ(png_size(folder / "targets.png"), (std::pair{800U, 500U}));
  EXPECT_THAT(bench.logs(), ElementsAre("wrote " + (folder / "targets.png").string()));
  EXPECT_EQ(bench.count("pictures"), 1U);
}

TEST(PngPlotter, DrawsWhenStoppedToo) {
  const Scratch scratch;
  Bench<PngPlotter> bench(OptionTexts{{"directory", scratch.path().string()}});
  bench.process(pings(5)).finish(Reason::stopping);
  EXPECT_EQ(png_size(scratch.path() / "targets.png"), (std::pair{1200U, 700U}));
}

TEST(PngPlotter, DrawsEveryIntervalIfSomethingCame) {
  const Scratch scratch;
  Bench<PngPlotter> bench(OptionTexts{{"directory", scratch.path().string()}, {"interval", "10s"}});
  bench.process(pings(5)).advance(std::chrono::seconds(9));
  EXPECT_EQ(bench.count("pictures"), 0U);
  bench.advance(std::chrono::seconds(1));
  EXPECT_EQ(bench.count("pictures"), 1U);
  bench.advance(std::chrono::seconds(100));
  EXPECT_EQ(bench.count("pictures"), 1U);
  bench.process(pings(6)).advance(std::chrono::seconds(10));
  EXPECT_EQ(bench.count("pictures"), 2U);
  bench.finish();
  EXPECT_EQ(bench.count("pictures"), 2U);
}

TEST(PngPlotter, NothingIsNoError) {
  const Scratch scratch;
  Bench<PngPlotter> bench(OptionTexts{{"directory", scratch.path().string()}});
  bench.process(weir::testing::batch("mae", {1.0}, "scoreboard")).finish();
  EXPECT_EQ(bench.count("rows_without_picture"), 1U);
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST(PngPlotter, OneBadPictureDoesNotCostTheOthers) {
  const Scratch scratch;
  std::filesystem::create_directories(scratch.path() / "targets.png" / "in the way");
  Bench<PngPlotter> bench(OptionTexts{{"directory", scratch.path().string()}});
  BatchBuilder builder("netdev");
  const auto interface = builder.tag("interface");
  const auto rate = builder.field<double>("rx_mbps", "Mbit/s");
  builder.row(0).set(interface, "lo").set(rate, 1.0);
  bench.process(pings(5)).process(builder.build());
  EXPECT_THROW(bench.finish(), Error);
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("targets.png was not drawn: ")));
  EXPECT_EQ(png_size(scratch.path() / "bandwidth.png"), (std::pair{1200U, 700U}));
}

TEST(PngPlotter, AFolderThatCannotBeIsSaidAtOnce) {
  const weir_host host{};
  Context context(host, "plots");
  PngPlotter node;
  node.options.directory = "/dev/null/x";
  try {
    node.open(context);
    FAIL() << "opened";
  } catch (const Fatal& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("/dev/null/x"), HasSubstr("directory")));
  }
}

TEST(ReadTable, GivesPhysicalValues) {
  BatchBuilder builder("grid");
  ColumnInfo info;
  info.name = "uplink.rx";
  info.unit = "Mbit/s";
  info.scale = 100;
  info.offset = 5;
  info.metadata["weir.field"] = "rx";
  const auto scaled = builder.add(info);
  const auto up = builder.field<bool>("up");
  const auto note = builder.field<std::string>("note");
  builder.row(1'500'000'000).set(scaled, 0.5).set(up, true).set(note, "x");
  builder.row(2'000'000'000);
  const Table table = read_table(builder.build());
  EXPECT_EQ(table.measurement, "grid");
  EXPECT_THAT(table.time, ElementsAre(1.5, 2));
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0].field, "rx");
  EXPECT_EQ(table.columns[0].numbers[0], 55);
  EXPECT_TRUE(std::isnan(table.columns[0].numbers[1]));
  EXPECT_EQ(table.columns[1].numbers[0], 1);
  EXPECT_TRUE(table.columns[1].is_number());
  EXPECT_FALSE(table.columns[2].is_number());
  EXPECT_EQ(table.columns[2].texts[0], "x");
}

}  // namespace
}  // namespace weir::png_plotter
