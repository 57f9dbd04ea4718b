// SPDX-License-Identifier: Apache-2.0
#include "weighting.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weir::auto_model {
namespace {

// Truth 0 everywhere: a forecast is its own error.
Contest contest(std::vector<std::vector<double>> forecasts) {
  return {std::vector<double>(forecasts.front().size()), std::move(forecasts)};
}

std::vector<double> wave(double size, double phase, std::size_t count = 240) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(size * std::sin(0.7 * static_cast<double>(i) + phase));
  return values;
}

Verdict judge_all(const Contest& given, bool mixtures = true) {
  return judge(given, std::vector<bool>(given.forecasts.size(), true), 0, 12, mixtures);
}

TEST(Weighting, TheBestAloneWhereOthersAreFarWorse) {
  const Verdict verdict = judge_all(contest({wave(9, 0), wave(5, 0), wave(1, 0), wave(7, 0)}));
  EXPECT_EQ(verdict.weights, (std::vector<double>{0, 0, 1, 0}));
}

TEST(Weighting, ErrorsThatCancelAreMixed) {
  const Contest given = contest({wave(9, 0), wave(2, 0), wave(2, M_PI)});
  const Verdict mixed = judge_all(given);
  EXPECT_EQ(mixed.reason, Verdict::Reason::mixture);
  EXPECT_NEAR(mixed.weights[0], 0.05, 1e-12) << "of a mixture the naive forecast always has some";
  EXPECT_NEAR(mixed.weights[1], 0.475, 1e-12);
  EXPECT_NEAR(mixed.weights[2], 0.475, 1e-12);
  // Of the middle half 0.225 go to one and 0.275 to the other.
  EXPECT_NEAR(mixed.error, 0.1 * error_of(given, std::vector<double>{0, 1, 0}, 0, 240), 1e-12);
  const Verdict single = judge_all(given, false);
  EXPECT_EQ(single.weights[1] + single.weights[2], 1);
  EXPECT_TRUE(single.weights[1] == 0 || single.weights[2] == 0);
}

TEST(Weighting, AMixtureIsTheMeanOfTheMiddleHalf) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Contest given = contest({{1000}, {-1}, {nan}, {1}, {0}});
  const std::vector<double> weights{0.25, 0.25, 0, 0.25, 0.25};
  EXPECT_DOUBLE_EQ(error_of(given, weights, 0, 1), (0 + 1) / 2.0);
}

// The models agree that it is far from the naive forecast: its twentieth is outside the middle
// half.
TEST(Weighting, TheNaiveShareOfAMixtureDoesNotMoveModelsThatSeeMuch) {
  const Contest given = contest({wave(9, 0), wave(2, 0), wave(2.2, 0), wave(1.9, 0)});
  const Verdict verdict = judge_all(given);
  EXPECT_NEAR(verdict.weights[0], 0.05, 1e-12);
  EXPECT_LE(verdict.error, error_of(given, std::vector<double>{0, 0, 1, 0}, 0, 240));
}

TEST(Weighting, NaiveWhereNothingBeatsIt) {
  const Verdict verdict = judge_all(contest({wave(1, 0), wave(2, 0), wave(3, 1)}));
  EXPECT_EQ(verdict.reason, Verdict::Reason::naive);
  EXPECT_EQ(verdict.weights, (std::vector<double>{1, 0, 0}));
}

// The second model is better in the mean, but only by one lucky stretch.
TEST(Weighting, AGainThatMayBeLuckGoesPartlyToNaive) {
  std::vector<double> naive(240, 1);
  std::vector<double> lucky(240, 1.1);
  for (std::size_t i = 100; i < 124; ++i) naive[i] = 5;
  const Verdict verdict = judge_all(contest({naive, lucky}), false);
  EXPECT_EQ(verdict.reason, Verdict::Reason::part_naive);
  EXPECT_GT(verdict.weights[0], 0.1);
  EXPECT_LT(verdict.weights[0], 0.9);
  EXPECT_NEAR(verdict.weights[0] + verdict.weights[1], 1, 1e-12);
}

TEST(Weighting, TheBetterOfTwoNaiveForecastsIsTheBar) {
  const Contest given = contest({wave(9, 0), wave(2, 0), wave(3, 0)});
  const Verdict verdict = judge(given, {true, true, true}, 1, 12, true);
  EXPECT_EQ(verdict.weights, (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(verdict.reason, Verdict::Reason::naive);
}

TEST(Weighting, AModelThatIsNotTrustedIsNotTaken) {
  const Contest given = contest({wave(9, 0), wave(1, 0), wave(4, 0)});
  EXPECT_EQ(judge(given, {true, false, true}, 0, 12, true).weights, (std::vector<double>{0, 0, 1}));
}

TEST(Weighting, WeightsFallWithTheThirdPowerOfTheErrorAndSmallOnesGo) {
  const Verdict verdict = judge_all(contest({wave(9, 0), wave(2, 0), wave(2.2, 0), wave(5, 0)}));
  const double second = std::pow(2 / 2.2, 3);
  EXPECT_NEAR(verdict.weights[0], 0.05, 1e-12);
  EXPECT_NEAR(verdict.weights[1], 0.95 / (1 + second), 1e-12);
  EXPECT_NEAR(verdict.weights[2], 0.95 * second / (1 + second), 1e-12);
  EXPECT_EQ(verdict.weights[3], 0) << "(2 / 5)^3 is below a tenth";
}

TEST(Weighting, AModelWithoutErrorIsTakenAlone) {
  const Verdict verdict = judge_all(contest({wave(9, 0), wave(0, 0), wave(2, 0)}));
  EXPECT_EQ(verdict.weights, (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(verdict.reason, Verdict::Reason::best_alone);
}

TEST(Weighting, OneGreatStretchDoesNotHideThatAllOthersGain) {
  std::vector<double> naive(240, 1);
  for (std::size_t i = 120; i < 132; ++i) naive[i] = 100;
  std::vector<double> third = naive;
  for (double& value : third) value /= 3;
  EXPECT_EQ(judge_all(contest({naive, third})).weights, (std::vector<double>{0, 1}));
}

TEST(Weighting, StretchesWithoutAnyErrorDoNotOutvoteTheOthers) {
  std::vector<double> naive(240, 10);
  std::vector<double> better(240, 6);
  for (std::size_t i = 0; i < 60; ++i) {
    naive[i] = 0;
    better[i] = 1e-9;
  }
  const Verdict verdict = judge_all(contest({naive, better}), false);
  EXPECT_EQ(verdict.weights, (std::vector<double>{0, 1}));
}

TEST(Weighting, WeightsAreSharesWhateverTheErrors) {
  const Verdict verdict =
      judge_all(contest({wave(4, 0), wave(2, 1), wave(2.2, 2), wave(2.4, 4), wave(3, 5)}));
  double sum = 0;
  for (const double weight : verdict.weights) {
    EXPECT_GE(weight, 0);
    sum += weight;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_LE(verdict.error, error_of(contest({wave(2, 1)}), std::vector<double>{1}, 0, 240));
}

}  // namespace
}  // namespace weir::auto_model
