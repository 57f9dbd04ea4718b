// SPDX-License-Identifier: Apache-2.0
#include "linear_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace weir::model_parts {
namespace {

struct Line {
  std::vector<double> inputs;
  std::vector<double> truths;

  // y = 3 + 2 a - b; the third input never changes.
  explicit Line(std::size_t samples) {
    for (std::size_t i = 0; i < samples; ++i) {
      const double a = std::sin(static_cast<double>(i));
      const double b = static_cast<double>(i % 7);
      inputs.insert(inputs.end(), {a, b, 5});
      truths.push_back(3 + 2 * a - b);
    }
  }
};

TEST(LinearFit, FindsALineThatIsThere) {
  const Line line(60);
  const LinearProblem problem(line.inputs, 3);
  for (const LinearFit& fit :
       {problem.least_squares(line.truths, 0), problem.least_absolute(line.truths, 0)}) {
    EXPECT_NEAR(fit.intercept, 3, 1e-6);
    EXPECT_NEAR(fit.weights[0], 2, 1e-6);
    EXPECT_NEAR(fit.weights[1], -1, 1e-6);
    EXPECT_EQ(fit.weights[2], 0);
    EXPECT_NEAR(fit.at(std::vector<double>{1, 2, 5}), 3, 1e-6);
  }
}

TEST(LinearFit, APenaltyDrawsWeightsToNothingAndLeavesTheMean) {
  const Line line(60);
  const LinearProblem problem(line.inputs, 3);
  const LinearFit some = problem.least_squares(line.truths, 0.5);
  const LinearFit much = problem.least_squares(line.truths, 1e6);
  EXPECT_GT(some.weights[0], 0.5);
  EXPECT_LT(some.weights[0], 1.9);
  EXPECT_NEAR(much.weights[0], 0, 1e-4);
  double mean = 0;
  for (const double truth : line.truths) mean += truth / 60;
  EXPECT_NEAR(much.at(std::vector<double>{0.3, 2, 5}), mean, 1e-3);
}

// Squares give in to rare peaks, absolute values hardly.
TEST(LinearFit, AbsoluteValuesLeavePeaksAlone) {
  Line line(200);
  for (std::size_t i = 0; i < 200; i += 10) line.truths[i] += 100;
  const LinearProblem problem(line.inputs, 3);
  const std::vector<double> at{0, 0, 5};
  EXPECT_GT(problem.least_squares(line.truths, 0).at(at), 8);
  EXPECT_NEAR(problem.least_absolute(line.truths, 0).at(at), 3, 0.5);
}

// The best constant under absolute error is the median, here 1.
TEST(LinearFit, WithoutUsefulInputsAbsoluteValuesGiveTheMedian) {
  std::vector<double> inputs(90, 4);
  std::vector<double> truths;
  for (int i = 0; i < 90; ++i) truths.push_back(i % 3 == 0 ? 10 : (i % 3 == 1 ? 1 : 0.5));
  const LinearFit fit = LinearProblem(inputs, 1).least_absolute(truths, 0);
  EXPECT_NEAR(fit.intercept, 1, 0.35);
}

TEST(LinearFit, MoreInputsThanSamplesStayFinite) {
  const Line line(2);
  const LinearFit fit = LinearProblem(line.inputs, 3).least_squares(line.truths, 1e-2);
  for (const double weight : fit.weights) EXPECT_TRUE(std::isfinite(weight));
}

}  // namespace
}  // namespace weir::model_parts
