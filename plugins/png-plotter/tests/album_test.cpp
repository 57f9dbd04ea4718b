// SPDX-License-Identifier: Apache-2.0
#include "album.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "picture_folder.hpp"
#include "scratch.hpp"

namespace weir::png_plotter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kStart = 1'795'391'700;

Column tag(std::string name, std::vector<std::string> texts) {
  Column column;
  column.name = std::move(name);
  column.is_tag = true;
  column.texts = std::move(texts);
  return column;
}

Column field(std::string name, std::vector<double> numbers, std::string unit = "") {
  Column column;
  column.name = std::move(name);
  column.unit = std::move(unit);
  column.numbers = std::move(numbers);
  return column;
}

std::vector<double> times(std::size_t count, double first = kStart, double step = 1) {
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(first + static_cast<double>(i) * step);
  return result;
}

std::vector<double> wave(std::size_t count, double shift = 0) {
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) {
    result.push_back(10 + shift + std::sin(static_cast<double>(i) / 7 + shift));
  }
  return result;
}

Table predictions(std::size_t count, const std::string& series = "eth0", double step = 1) {
  return {"predictions",
          times(count),
          {tag("interface", {count, series}), tag("model", {count, "lstm"}),
           field("actual", wave(count), "Mbit/s"), field("predicted", wave(count, 0.3)),
           field("lower", wave(count, -2)), field("upper", wave(count, 2)),
           field("horizon_step", std::vector<double>(count, step))}};
}

Table forecast(std::size_t after, std::size_t horizon, double issued_at, double shift = 0) {
  Column clock = field("issued_at", std::vector<double>(horizon, issued_at));
  clock.is_clock = true;
  return {
      "forecast",
      times(horizon, kStart + static_cast<double>(after)),
      {tag("interface", {horizon, "eth0"}), tag("model", {horizon, "lstm"}),
       tag("horizon_step", {horizon, "1"}), field("bandwidth_mbps", wave(horizon, shift), "Mbit/s"),
       field("bandwidth_mbps_lower", wave(horizon, shift - 2)),
       field("bandwidth_mbps_upper", wave(horizon, shift + 2)), clock}};
}

std::vector<std::string> names(const std::vector<Picture>& pictures) {
  std::vector<std::string> result;
  for (const Picture& picture : pictures) result.push_back(picture.file_name);
  return result;
}

const Chart& chart(const std::vector<Picture>& pictures, const std::string& name) {
  for (const Picture& picture : pictures) {
    if (picture.file_name == name) return picture.chart;
  }
  throw std::runtime_error("no picture " + name);
}

const Line& line(const Panel& panel, const std::string& title) {
  for (const Line& each : panel.lines) {
    if (each.title == title) return each;
  }
  throw std::runtime_error("no line " + title);
}

TEST(Album, ChoosesPicturesByMeasurement) {
  Album album({});
  EXPECT_TRUE(album.add(predictions(50)));
  EXPECT_TRUE(album.add(forecast(50, 20, kStart + 50)));
  EXPECT_TRUE(album.add({"training_history",
                         times(3),
                         {field("epoch", {1, 2, 3}), field("loss", {3, 2, 1}),
                          field("validation_loss", {3, 1, 2})}}));
  EXPECT_TRUE(album.add({"grid", times(9), {field("a", wave(9)), field("b", wave(9, 1))}}));
  EXPECT_TRUE(album.add(
      {"icmp",
       times(2),
       {tag("target", {"a", "b"}), field("rtt_avg_ms", {1, 2}), field("loss_percent", {0, 0})}}));
  EXPECT_TRUE(album.add({"netdev", times(1), {tag("interface", {"lo"}), field("rx_mbps", {1})}}));
  EXPECT_FALSE(album.add({"scoreboard", times(1), {field("mae", {1}), field("rmse", {1})}}));
  EXPECT_FALSE(album.add({"notes", times(1), {tag("who", {"me"})}}));
  EXPECT_THAT(names(album.pictures({})),
              ElementsAre("forecast.png", "errors.png", "training.png", "correlation.png",
                          "targets.png", "bandwidth.png"));
}

Table scoreboard(bool baselines) {
  // "lstm" saves a quarter of the naive error at each step, "drift" is five times as bad.
  Table table{"scoreboard",
              times(6),
              {tag("column", {6, "eth0"}),
               tag("model", {"drift", "drift", "drift", "lstm", "lstm", "lstm"}),
               tag("horizon_step", {"all", "1", "2", "all", "1", "2"}),
               field("mae", {20, 15, 25, 3, 2.25, 3.75})}};
  if (!baselines) return table;
  table.columns.push_back(field("naive_mae", {4, 3, 5, 4, 3, 5}));
  table.columns.push_back(field("seasonal_naive_mae", std::vector<double>(6, kMissing)));
  return table;
}

TEST(Album, TheScoreboardShowsSkillPerStepTheBestFirst) {
  Album album({});
  EXPECT_TRUE(album.add(scoreboard(true)));
  const auto pictures = album.pictures({});
  const Chart& picture = chart(pictures, "scoreboard.png");
  ASSERT_EQ(picture.panels.size(), 1U);
  const Panel& panel = picture.panels[0];
  EXPECT_EQ(panel.y_label, "eth0: MAE saved, %");
  EXPECT_EQ(panel.lines[0].title, "lstm +25 %");
  EXPECT_THAT(panel.lines[0].points, ElementsAre(Point{1, 25}, Point{2, 25}));
  EXPECT_EQ(panel.lines[1].title, "drift \u2212400 %");
  EXPECT_GE(panel.y.min, -120);  // what is far behind does not press the rest into one line
  EXPECT_EQ(panel.x.max, 2);
}

TEST(Album, TheScoreboardShowsErrorsWhereNoBaselineIsKnown) {
  Album album({});
  EXPECT_TRUE(album.add(scoreboard(false)));
  const auto pictures = album.pictures({});
  const Panel& panel = chart(pictures, "scoreboard.png").panels.at(0);
  EXPECT_EQ(panel.y_label, "eth0: MAE");
  EXPECT_EQ(panel.lines[0].title, "lstm 3");
  EXPECT_THAT(panel.lines[0].points, ElementsAre(Point{1, 2.25}, Point{2, 3.75}));
}

TEST(Album, TheForecastRunsOnFromTheBacktest) {
  Album album({});
  album.add(predictions(50));
  album.add(forecast(50, 20, kStart + 50));
  const auto pictures = album.pictures({});
  const Chart& picture = chart(pictures, "forecast.png");
  EXPECT_EQ(picture.title, "Forecast: bandwidth_mbps (eth0)");
  ASSERT_EQ(picture.panels.size(), 1U);
  const Panel& panel = picture.panels[0];
  EXPECT_EQ(panel.y_label, "bandwidth_mbps, Mbit/s");
  EXPECT_EQ(panel.x.max, kStart + 69);
  EXPECT_EQ(line(panel, "measured").points.size(), 50U);
  const std::vector<Point>& future = line(panel, "lstm forecast").points;
  ASSERT_EQ(future.size(), 21U);
  EXPECT_EQ(future[0], line(panel, "measured").points.back());
  EXPECT_EQ(future[1].x, kStart + 50);
  ASSERT_EQ(panel.bands.size(), 2U);
  ASSERT_EQ(panel.marks.size(), 1U);
  EXPECT_EQ(panel.marks[0].label, "now");
  EXPECT_EQ(panel.marks[0].x, kStart + 49);
}

// As the forecasting harness writes them: the backtest says `column`, the forecast tags and field.
TEST(Album, PivotedColumnsFindTheirForecasts) {
  Album album({});
  auto tested = [&](const std::string& column, double shift) {
    album.add(
        {"predictions",
         times(50),
         {tag("column", {50, column}), tag("model", {50, "lstm"}), tag("horizon_step", {50, "1"}),
          field("actual", wave(50, shift), "ms"), field("predicted", wave(50, shift))}});
  };
  auto future = [&](const std::string& target, double shift) {
    album.add({"forecast",
               times(20, kStart + 50),
               {tag("target", {20, target}), tag("model", {20, "lstm"}),
                field("rtt_avg_ms", wave(20, shift), "ms")}});
  };
  tested("ping.rtt_avg_ms[1.1.1.1]", 100);
  tested("ping.rtt_avg_ms[8.8.8.8]", 0);
  future("8.8.8.8", 0);
  future("1.1.1.1", 100);
  const auto pictures = album.pictures({});
  EXPECT_THAT(names(pictures), ElementsAre("forecast.png", "forecast-rtt_avg_ms-1.1.1.1.png",
                                           "errors.png", "errors-rtt_avg_ms-1.1.1.1-lstm.png"));
  const Chart& first = chart(pictures, "forecast.png");
  EXPECT_EQ(first.title, "Forecast: rtt_avg_ms (8.8.8.8)");
  EXPECT_LT(line(first.panels[0], "measured").points[0].y, 50);
  const Chart& second = chart(pictures, "forecast-rtt_avg_ms-1.1.1.1.png");
  EXPECT_GT(line(second.panels[0], "measured").points[0].y, 50);
}

TEST(Album, ABacktestAloneIsNamedAfterItsColumn) {
  Album album({});
  album.add(
      {"grid", times(100, kStart - 100), {field("up.rx", wave(100)), field("x", wave(100, 2))}});
  album.add({"predictions",
             times(50),
             {tag("column", {50, "up.rx"}), tag("model", {50, "lstm"}), field("actual", wave(50)),
              field("predicted", wave(50))}});
  const auto pictures = album.pictures({});
  const Chart& picture = chart(pictures, "forecast.png");
  EXPECT_EQ(picture.title, "Forecast: up.rx");
  EXPECT_EQ(line(picture.panels[0], "measured").points.size(), 150U);
}

TEST(Album, OnlyTheNewestForecastIsShown) {
  Album album({});
  album.add(forecast(50, 20, kStart + 50, 5));
  album.add(forecast(60, 20, kStart + 60, 0));
  album.add(forecast(40, 20, kStart + 40, 9));
  const auto pictures = album.pictures({});
  const std::vector<Point>& future =
      line(chart(pictures, "forecast.png").panels[0], "lstm forecast").points;
  ASSERT_EQ(future.size(), 20U);
  EXPECT_EQ(future[0], (Point{kStart + 60, 10}));
}

TEST(Album, AShortFutureGetsAPanelOfItsOwn) {
  Album album({});
  album.add(predictions(5000));
  album.add(forecast(5000, 20, kStart + 5000));
  const auto pictures = album.pictures({});
  const Chart& picture = chart(pictures, "forecast.png");
  ASSERT_EQ(picture.panels.size(), 2U);
  EXPECT_EQ(picture.panels[0].x.min, kStart + 4999 - 80);
  EXPECT_EQ(picture.panels[1].x.min, kStart);
}

TEST(Album, HistoryComesFromTheGrid) {
  Album album({});
  album.add({"grid",
             times(300, kStart - 300),
             {field("uplink.bandwidth_mbps", wave(300)), field("other", wave(300, 2))}});
  album.add(predictions(50));
  album.add(forecast(50, 20, kStart + 50));
  const auto pictures = album.pictures({});
  const Panel& whole = chart(pictures, "forecast.png").panels.back();
  EXPECT_EQ(whole.x.min, kStart - 300);
  EXPECT_EQ(whole.marks[0].label, "test part");
  EXPECT_EQ(whole.marks[0].x, kStart);
}

TEST(Album, TheNearestStepIsDrawnAndAllStepsCountAsErrors) {
  Album album({});
  album.add(predictions(50, "eth0", 3));
  album.add(predictions(50, "eth0", 1));
  album.add(predictions(50, "eth0", 2));
  const auto pictures = album.pictures({});
  const Panel& panel = chart(pictures, "forecast.png").panels[0];
  EXPECT_EQ(line(panel, "lstm, 1 step ahead").points.size(), 50U);
  EXPECT_THAT(chart(pictures, "errors.png").subtitle, HasSubstr("n 150"));
  EXPECT_THAT(chart(pictures, "errors.png").subtitle, HasSubstr("steps 1 to 3"));
}

TEST(Album, ManySeriesGetFilesOfTheirOwn) {
  Album album({});
  for (const char* series : {"a/b", "a\\b", "A-b", "c"}) album.add(predictions(5, series));
  const auto pictures = album.pictures({});
  EXPECT_THAT(names(pictures), ElementsAre("forecast.png", "forecast-a-b.png", "forecast-A-b-2.png",
                                           "forecast-c.png", "errors.png", "errors-a-b-lstm.png",
                                           "errors-A-b-lstm-2.png", "errors-c-lstm.png"));
}

TEST(Album, MarksTheBestEpochOfTheLatestFit) {
  Album album({});
  album.add({"training_history", times(3), {field("epoch", {1, 2, 3}), field("loss", {9, 8, 7})}});
  album.add({"training_history",
             times(4),
             {field("epoch", {1, 2, 3, 4}), field("loss", {100, 10, 2, 1}),
              field("validation_loss", {90, 5, 4, kMissing})}});
  const auto pictures = album.pictures({});
  const Chart& picture = chart(pictures, "training.png");
  EXPECT_THAT(picture.subtitle, HasSubstr("best validation loss 4 at epoch 3"));
  EXPECT_TRUE(picture.panels[0].log_y);
  EXPECT_EQ(picture.panels[0].marks[0].x, 3);
  EXPECT_EQ(line(picture.panels[0], "training loss").points.size(), 4U);
}

TEST(Album, ConstantAndSurplusColumnsAreLeftOutAndSaid) {
  Album album({.max_points = 1000, .max_columns = 3});
  Table grid{"grid", times(20), {field("still", std::vector<double>(20, 7))}};
  for (int i = 0; i < 5; ++i) grid.columns.push_back(field("c" + std::to_string(i), wave(20, i)));
  album.add(grid);
  const auto pictures = album.pictures({});
  const Chart& picture = chart(pictures, "correlation.png");
  EXPECT_THAT(picture.heat_map.names, ElementsAre("c0", "c1", "c2"));
  EXPECT_EQ(picture.heat_map.cells.size(), 9U);
  EXPECT_THAT(picture.subtitle, HasSubstr("1 constant or empty left out: still"));
  EXPECT_THAT(picture.subtitle, HasSubstr("2 more left out"));
}

TEST(Album, AGridsLaterColumnsAreShown) {
  Album album({});
  album.add({"grid", times(20), {field("a", wave(20))}});
  album.add({"grid", times(20, kStart + 20), {field("a", wave(20)), field("b", wave(20, 1))}});
  const auto pictures = album.pictures({});
  EXPECT_THAT(chart(pictures, "correlation.png").heat_map.names, ElementsAre("a", "b"));
}

TEST(Album, ManyTargetsAreBoundedAndCounted) {
  Album album({});
  for (int i = 0; i < 100; ++i) {
    album.add({"icmp",
               {kStart},
               {tag("target", {"10.0.0." + std::to_string(i)}), field("rtt_avg_ms", {1}),
                field("loss_percent", {0})}});
  }
  const auto pictures = album.pictures({});
  EXPECT_EQ(chart(pictures, "targets.png").panels[0].lines.size(), 14U);
  EXPECT_THAT(chart(pictures, "targets.png").subtitle, HasSubstr("the first 14 of 100"));
}

// Each of these must become a picture of the right size, not an error of gnuplot.
TEST(Album, OddDataIsDrawn) {
  const double missing = kMissing;
  const std::vector<std::vector<double>> cases{
      {5},          {5, 5, 5},       {missing},        {missing, missing, missing},
      {0, 0},       {1e308, -1e308}, {1e-300, 2e-300}, {missing, 4, missing},
      {-1, 1e15, 3}};
  const Scratch scratch;
  PictureFolder folder(scratch.path(), {700, 500}, std::chrono::seconds(60));
  for (const std::vector<double>& values : cases) {
    const std::size_t rows = values.size();
    Album album({});
    Table tested = predictions(rows);
    for (std::size_t i = 2; i < 6; ++i) tested.columns[i].numbers = values;
    album.add(tested);
    Table future = forecast(rows, rows, kStart);
    for (std::size_t i = 3; i < 6; ++i) future.columns[i].numbers = values;
    album.add(future);
    std::vector<double> epochs(rows);
    for (std::size_t i = 0; i < rows; ++i) epochs[i] = static_cast<double>(i + 1);
    album.add({"training_history",
               times(rows),
               {field("epoch", epochs), field("loss", values), field("validation_loss", values)}});
    album.add(
        {"icmp",
         times(rows),
         {tag("target", {rows, "t"}), field("rtt_avg_ms", values), field("loss_percent", values)}});
    album.add({"netdev",
               times(rows, kStart, 0),
               {tag("interface", {rows, "t"}), field("rx_mbps", values)}});
    album.add(
        {"grid", times(rows), {field("a", values), field("b", values), field("c", wave(rows))}});
    const auto pictures = album.pictures(folder.size());
    EXPECT_GE(pictures.size(), 5U);
    for (const Picture& picture : pictures) {
      EXPECT_EQ(png_size(folder.write(picture)), (std::pair{700U, 500U}))
          << picture.file_name << " of " << testing::PrintToString(values);
    }
  }
}

TEST(Album, NothingGivesNothing) {
  Album album({});
  EXPECT_TRUE(album.pictures({}).empty());
  album.add({"predictions", {}, {}});
  album.add({"forecast", {}, {}});
  album.add({"training_history", {}, {}});
  album.add({"icmp", {}, {}});
  album.add({"grid", {}, {}});
  EXPECT_TRUE(album.pictures({}).empty());
}

TEST(Album, AllNullSaysSo) {
  Album album({});
  album.add({"icmp",
             times(3),
             {tag("target", {3, "dead"}), field("rtt_avg_ms", std::vector<double>(3, kMissing)),
              field("loss_percent", {100, 100, 100})}});
  const auto pictures = album.pictures({});
  const Chart& picture = chart(pictures, "targets.png");
  EXPECT_EQ(picture.panels[0].note, "no data yet");
  EXPECT_EQ(picture.panels[0].lines[0].title, "dead: no answer");
  EXPECT_EQ(picture.panels[1].note, "");
}

TEST(Album, HundredThousandNoisyPointsAreReducedFirst) {
  Album album({.max_points = 1'000'000, .max_columns = 24});
  Table tested = predictions(100'000);
  for (std::size_t i = 0; i < tested.rows(); ++i) {
    tested.columns[2].numbers[i] = static_cast<double>((i * 2654435761U) % 1000);
  }
  album.add(tested);
  const auto pictures = album.pictures({});
  for (const Panel& panel : chart(pictures, "forecast.png").panels) {
    for (const Line& each : panel.lines) EXPECT_LE(each.points.size(), 2400U) << each.title;
    for (const Band& each : panel.bands) EXPECT_LE(each.points.size(), 2400U) << each.title;
  }
}

}  // namespace
}  // namespace weir::png_plotter
