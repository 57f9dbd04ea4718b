// SPDX-License-Identifier: Apache-2.0
#include "target_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <weir/model_testing.hpp>

namespace weir::model_parts {
namespace {

using weir::testing::ModelRows;

double count(std::size_t row, std::size_t feature) {
  return static_cast<double>(row) + 1000 * static_cast<double>(feature);
}

TEST(TargetSet, WithoutAValidationPartTheLastWindowsServeAndOverlapNothingLearned) {
  ModelRows rows({.rows = 100, .sequence_length = 5, .horizon = 3, .train_percent = 100}, count);
  const TrainingSet training = rows.training();
  ASSERT_TRUE(training.validation().empty());
  const TargetSet set(training, 0);
  ASSERT_FALSE(set.validation().empty());
  EXPECT_EQ(set.validation().size(), training.train().size() / 5);
  EXPECT_LE(set.train().back() + 3, set.validation().front());
  EXPECT_LE(set.train_end(), set.validation().front() + 5);
  EXPECT_EQ(set.all_end(), 100U);
}

TEST(TargetSet, ErrorIsTheMeanOverWindowsAndSteps) {
  ModelRows rows({.rows = 60, .features = 2, .targets = {1}, .sequence_length = 5, .horizon = 3},
                 count);
  const TrainingSet training = rows.training();
  const TargetSet set(training, 1);
  const double naive = set.error(set.train(), [](const History& history, std::span<double> values) {
    std::fill(values.begin(), values.end(), history.last(1));
  });
  EXPECT_DOUBLE_EQ(naive, 2);  // 1, 2 and 3 rows ahead of a count
}

TEST(TargetSet, ThinningIsEvenAndKeepsTheLast) {
  const std::vector<std::uint64_t> windows{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(thinned(windows, 5), (std::vector<std::uint64_t>{1, 3, 5, 7, 9}));
  EXPECT_EQ(thinned(windows, 20), windows);
}

TEST(History, EndsAtItsSeriesAndAtTheOrigin) {
  ModelRows rows({.rows = 60, .sequence_length = 5, .horizon = 3}, count);
  const TrainingSet set = rows.training();
  const History history(set.rows(), 20, 30, set.step());
  EXPECT_EQ(history.last(0), 29);
  EXPECT_EQ(history.before(10, 0), 20);
  EXPECT_TRUE(std::isnan(history.before(11, 0)));
  EXPECT_EQ(history.time(0), set.rows().time(30));
  // A season of 4: steps 0 to 3 one season back, step 4 two.
  EXPECT_EQ(history.seasonal(4, 0, 0), 26);
  EXPECT_EQ(history.seasonal(4, 3, 0), 29);
  EXPECT_EQ(history.seasonal(4, 4, 0), 26);
  EXPECT_EQ(history.seasonal(4, 0, 0, 1), 22);
  EXPECT_TRUE(std::isnan(history.seasonal(4, 0, 0, 2)));
}

}  // namespace
}  // namespace weir::model_parts
