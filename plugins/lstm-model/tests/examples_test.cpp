// SPDX-License-Identifier: Apache-2.0
//
// What is learned from: which windows, and the measure that their rows give.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>
#include <weir/model_testing.hpp>

#include "examples.hpp"
#include "hourly_rows.hpp"

namespace weir::lstm_model {
namespace {

using test::count_up;
using test::daily;
using test::hourly;
using testing::ModelRows;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Examples, ThatDoNotKnowTheirLagsAreNotLearnedFrom) {
  ModelRows data(hourly(200), count_up);
  const InputPlan plan{6, 2, 3, {0}, false, false, {24}, false};
  Member member;
  for (const bool lagged : {false, true}) {
    member.way = {Residual::last, false, lagged};
    learn_units(plan, data.training(), member);
    const std::vector<double> units = naive_units(plan, data.training());
    const Examples examples(plan, data.training(), member, units);
    // The first window's rows ahead are 6, 7, 8; 24 before them must be a row.
    EXPECT_EQ(examples.train().size(), data.training().train().size() - (lagged ? 18 : 0));
    EXPECT_EQ(examples.validation().size(), data.validation_windows().size());
  }
}

const InputPlan& two_features() {
  static const InputPlan plan{6, 2, 3, {0}, false, false, {}, false};
  return plan;
}

Member measured(const TrainingSet& set, const Way& way = {Residual::last, false, false, true}) {
  Member member;
  member.way = way;
  learn_units(two_features(), set, member);
  return member;
}

struct Expected {
  double mean, spread;
};

Expected of_rows(ModelRows& data, std::size_t begin, std::size_t end, std::size_t feature) {
  double sum = 0, squares = 0, count = 0;
  for (std::size_t row = begin; row < end; ++row) {
    if (std::isnan(data.value(row, feature))) continue;
    sum += data.value(row, feature);
    ++count;
  }
  for (std::size_t row = begin; row < end; ++row) {
    if (!std::isnan(data.value(row, feature)))
      squares += std::pow(data.value(row, feature) - sum / count, 2);
  }
  return {sum / count, std::sqrt(squares / count)};
}

// The last of the training windows, which is cut at 80 %, begins at row 151 and looks back to 156.
TEST(Measure, IsOfAllRowsUpToTheLastTrainingWindowsEnd) {
  for (const bool gaps : {false, true}) {
    ModelRows data(hourly(200), [&](std::size_t row, std::size_t f) {
      // Between rows 60 and 65 no window fits; they count all the same.
      return gaps && f == 1 && (row == 59 || row == 65) ? nan : 1 + 3 * daily(row, f);
    });
    const TrainingSet set = data.training();
    ASSERT_EQ(set.train().back(), 151U);
    const Member member = measured(set);
    const Member normed = measured(set, {Residual::last, true, false});
    EXPECT_TRUE(normed.centres.empty());
    for (std::size_t f = 0; f < 2; ++f) {
      const Expected expected = of_rows(data, 0, 157, f);
      EXPECT_NEAR(member.centres[f], expected.mean, 1e-12);
      EXPECT_NEAR(member.floors[f], expected.spread, 1e-12);
      EXPECT_NEAR(normed.floors[f], 0.05 * expected.spread, 1e-12);
    }
  }
}

// Two series: what is not for training at the end of the first must not be looked at.
TEST(Measure, LeavesOutTheTestPartOfEverySeries) {
  ModelRows data(hourly(200), daily);
  ModelRows spoiled(hourly(200), [](std::size_t row, std::size_t f) {
    return daily(row, f) + ((row >= 80 && row < 100) || row >= 180 ? 1e3 : 0);
  });
  const std::vector<std::uint64_t> begins{0, 100};
  std::vector<std::uint64_t> train;
  for (const std::uint64_t begin : begins) {
    for (std::uint64_t first = 0; first + 6 + 3 <= 80; ++first) train.push_back(begin + first);
  }
  const auto set_of = [&](ModelRows& rows) {
    weir_training_set& raw = rows.raw_training();
    raw.segments = begins.data();
    raw.segment_count = begins.size();
    raw.train = train.data();
    raw.train_count = train.size();
    return TrainingSet(raw);
  };
  const Member member = measured(set_of(data));
  EXPECT_EQ(measured(set_of(spoiled)), member);
  // Rows 0 to 76 and 100 to 176: the last window of each looks back over 71 to 76.
  const Expected first = of_rows(data, 0, 77, 0), second = of_rows(data, 100, 177, 0);
  EXPECT_NEAR(member.centres[0], (first.mean + second.mean) / 2, 1e-12);
}

// One step from 0 to 100, and 1 up and down every hour: distances are small but for the six that
// look from before the step to behind it.
TEST(Measure, OfDistancesIsTheirMeanSizeButAHundredthOfTheSpreadAtLeast) {
  const auto measured_with = [](std::size_t rows, double ripple) {
    ModelRows data(hourly(rows), [&](std::size_t row, std::size_t f) {
      if (f == 1) return daily(row, f);
      return (row < 80 ? 0.0 : 100.0) + (row % 2 == 0 ? ripple : 0.0);
    });
    return std::pair(measured(data.training()),
                     measured(data.training(), {Residual::last, false, false, true, true, true}));
  };
  const auto [plain, relative] = measured_with(200, 1);
  EXPECT_NEAR(plain.floors[0], 50, 1);
  EXPECT_NEAR(relative.floors[0], 2.0 / 3 + 6 * 100 / (3 * 152.0), 0.05);
  EXPECT_EQ(relative.floors[0], relative.units[0]);
  EXPECT_EQ(relative.floors[1], plain.floors[1]) << "no target: no distances";
  const auto [long_plain, long_relative] = measured_with(6000, 0);
  EXPECT_NEAR(long_relative.floors[0], 0.01 * long_plain.floors[0], 1e-9);
  // Where every row is another value, distances are larger than the spread.
  const auto [noise, noise_relative] = measured_with(80, 1);
  EXPECT_EQ(noise_relative.floors[0], noise.floors[0]);
}

TEST(Measure, TakesNoRoundingForASpread) {
  ModelRows data(hourly(200), [](std::size_t row, std::size_t f) {
    const double ripple = row % 2 == 0 ? 1 : -1;
    return f == 0 ? 1e6 * (1 + 1e-9 * ripple) : 1e-40 * ripple;
  });
  const Member member = measured(data.training());
  EXPECT_EQ(member.floors, (std::vector<double>{1, 1}));
  EXPECT_NEAR(member.centres[0], 1e6, 1e-2);
  ModelRows larger(hourly(200), [](std::size_t row, std::size_t) {
    return 1e6 * (1 + 1e-5 * (row % 2 == 0 ? 1 : -1));
  });
  EXPECT_NEAR(measured(larger.training()).floors[0], 10, 0.01);
}

}  // namespace
}  // namespace weir::lstm_model
