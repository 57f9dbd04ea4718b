// SPDX-License-Identifier: Apache-2.0
#include "ticks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weir::png_plotter {
namespace {

using testing::ElementsAre;

std::vector<std::string> labels(const Scale& scale) {
  std::vector<std::string> result;
  for (const Tick& tick : scale.ticks) result.push_back(tick.label);
  return result;
}

TEST(RoundScale, HasRoundEnds) {
  const Scale scale = round_scale(0.3, 9.1);
  EXPECT_EQ(scale.min, 0);
  EXPECT_EQ(scale.max, 10);
  EXPECT_THAT(labels(scale), ElementsAre("0", "2", "4", "6", "8", "10"));
  EXPECT_THAT(labels(round_scale(0, 0.25, 5)),
              ElementsAre("0", "0.05", "0.10", "0.15", "0.20", "0.25"));
  EXPECT_THAT(labels(round_scale(0, 460'000, 5)),
              ElementsAre("0", "100 k", "200 k", "300 k", "400 k", "500 k"));
}

TEST(RoundScale, AlwaysHasRoom) {
  const double huge = std::numeric_limits<double>::max();
  const double nan = std::nan("");
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{{0, 0},
                                                                        {5, 5},
                                                                        {-5, -5},
                                                                        {1e300, 1e300},
                                                                        {-huge, huge},
                                                                        {nan, nan},
                                                                        {0, 5e-324},
                                                                        {3, 1},
                                                                        {1e9, 1e9 + 1e-6},
                                                                        {-1, INFINITY}}) {
    const Scale scale = round_scale(low, high);
    EXPECT_LT(scale.min, scale.max) << low << ' ' << high;
    EXPECT_GE(scale.ticks.size(), 1U) << low << ' ' << high;
    EXPECT_LE(scale.ticks.size(), 20U) << low << ' ' << high;
  }
}

TEST(LogScale, ShowsTwoAndFiveInFewDecades) {
  EXPECT_THAT(labels(log_scale(0.9, 110)), ElementsAre("1", "2", "5", "10", "20", "50", "100"));
  EXPECT_THAT(labels(log_scale(1e-8, 1e3)).size(), testing::Le(12U));
}

constexpr double kDay = 86400;

TEST(TimeScale, TellsTheDateOnceADay) {
  const Scale scale = time_scale(-3600 * 3, 3600 * 3, 7);
  EXPECT_THAT(labels(scale), ElementsAre("21:00\nDec 31", "22:00", "23:00", "00:00\nJan 1", "01:00",
                                         "02:00", "03:00"));
}

TEST(TimeScale, ChoosesStepsOfTheCalendar) {
  EXPECT_THAT(labels(time_scale(59.2, 61, 5)),
              ElementsAre("00:00:59.5\nJan 1", "00:01:00.0", "00:01:00.5", "00:01:01.0"));
  EXPECT_THAT(labels(time_scale(0, 2 * kDay, 3)), ElementsAre("Jan 1\n1970", "Jan 2", "Jan 3"));
  EXPECT_THAT(labels(time_scale(0, 100 * kDay, 5)),
              ElementsAre("1970-01", "1970-02", "1970-03", "1970-04"));
}

TEST(TimeScale, BoundsAbsurdTimes) {
  for (const auto& [low, high] :
       std::vector<std::pair<double, double>>{{-1e30, 1e30},
                                              {0, 0},
                                              {NAN, NAN},
                                              {9e9, 9e9 + 1e-9},
                                              {-62135596800.0, 253402300799.0}}) {
    const Scale scale = time_scale(low, high, 10);
    EXPECT_LT(scale.min, scale.max);
    EXPECT_LE(scale.ticks.size(), 30U);
  }
}

TEST(WholeScale, ShowsNoHalfEpochs) {
  EXPECT_THAT(labels(whole_scale(1, 3, 10)), ElementsAre("1", "2", "3"));
  EXPECT_THAT(labels(whole_scale(1, 1, 10)), ElementsAre("0", "1", "2"));
}

TEST(TimeRangeText, NamesTheDayOnce) {
  EXPECT_EQ(time_range_text(0, 59.99), "1970-01-01 00:00:00 to 00:00:59 UTC");
  EXPECT_EQ(time_range_text(0, 2 * kDay), "1970-01-01 00:00 to 1970-01-03 00:00 UTC");
}

}  // namespace
}  // namespace weir::png_plotter
