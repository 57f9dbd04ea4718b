// SPDX-License-Identifier: Apache-2.0
#include "booster.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <weir/error.hpp>

namespace weir::boosted_trees_model {
namespace {

// A step in one input, nothing in the other, holes in the first.
Table step_table(std::size_t samples) {
  Table table;
  table.width = 2;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto x = static_cast<float>(i % 20);
    const bool hole = i % 11 == 0;
    table.inputs.insert(table.inputs.end(),
                        {hole ? NAN : x, static_cast<float>(std::sin(static_cast<double>(i)))});
    table.truths.push_back(hole ? 9.0F : (x < 10 ? 1.0F : 4.0F));
  }
  return table;
}

BoosterSettings few_rounds() {
  BoosterSettings settings;
  settings.rounds = 60;
  settings.depth = 3;
  settings.learning_rate = 0.3;
  settings.min_samples = 2;
  settings.row_share = 1;
  settings.input_share = 1;
  settings.trees = 1;
  return settings;
}

// Our own walk down the trees gives what xgboost said of its own.
TEST(Booster, LearnsAStepAndOurWalkAgrees) {
  const Table table = step_table(400);
  double last_error = 0;
  const Boosted boosted = boost(table, {}, few_rounds(), [&](const RoundReport& now) {
    last_error = now.error;
    return true;
  });
  EXPECT_EQ(boosted.trees.roots.size(), 60U);
  EXPECT_LT(last_error, 0.15);
  double sum = 0;
  for (std::size_t i = 0; i < 400; ++i)
    sum += std::abs(double{boosted.trees.at(&table.inputs[2 * i])} - double{table.truths[i]});
  EXPECT_NEAR(sum / 400, last_error, 1e-5);
}

// With half of the samples each, two trees are not alike; our walk sums what xgboost divides.
TEST(Booster, SeveralTreesOfARoundAreTheirMean) {
  const Table table = step_table(400);
  BoosterSettings settings = few_rounds();
  settings.row_share = 0.5;
  std::vector<double> first_errors;
  for (const unsigned trees : {1U, 3U}) {
    settings.trees = trees;
    double last_error = 0;
    const Boosted boosted = boost(table, {}, settings, [&](const RoundReport& now) {
      if (now.round == 1) first_errors.push_back(now.error);
      last_error = now.error;
      return true;
    });
    EXPECT_EQ(boosted.trees.roots.size(), 60U * trees);
    double sum = 0;
    for (std::size_t i = 0; i < 400; ++i)
      sum += std::abs(double{boosted.trees.at(&table.inputs[2 * i])} - double{table.truths[i]});
    EXPECT_NEAR(sum / 400, last_error, 1e-5);
  }
  // A sum would have gone three steps.
  EXPECT_NEAR(first_errors[1], first_errors[0], 0.1 * first_errors[0]);
}

TEST(Booster, EndsEarlyAndKeepsTheBestRound) {
  Table train = step_table(200);
  Table other = step_table(200);
  for (float& truth : other.truths) truth = 2.5F;  // the less is learned, the better
  BoosterSettings settings = few_rounds();
  settings.patience = 5;
  unsigned rounds = 0;
  const Boosted boosted = boost(train, other, settings, [&](const RoundReport& now) {
    rounds = now.round;
    return true;
  });
  EXPECT_LT(rounds, 60U);
  EXPECT_EQ(boosted.trees.roots.size(), rounds - 5);
}

TEST(Booster, AStopKeepsTheBestSoFar) {
  const Table table = step_table(200);
  const Boosted boosted =
      boost(table, table, few_rounds(), [](const RoundReport& now) { return now.round < 7; });
  EXPECT_EQ(boosted.trees.roots.size(), 7U);
}

TEST(Trees, HostileTreesAreRefused) {
  const auto take = [](const std::vector<TreeNode>& nodes, std::uint32_t root) {
    Trees trees;
    trees.nodes = nodes;
    trees.roots = {root};
    model_parts::BytesWriter to("WEIRTEST", 1);
    trees.put(to);
    const std::string bytes = to.seal();
    model_parts::BytesReader from(bytes, "WEIRTEST", 1, "it");
    return Trees::take(from, 2);
  };
  const TreeNode leaf{-1, 5, 0, 0, false};
  const float inputs[] = {0, 1};
  EXPECT_EQ(take({{1, 2, 1, 2, false}, leaf, leaf}, 0).at(inputs), 5);
  EXPECT_THROW(take({{2, 2, 1, 2, false}, leaf, leaf}, 0), Error);  // an input that is not there
  EXPECT_THROW(take({{1, 2, 0, 2, false}, leaf, leaf}, 0), Error);  // a circle
  EXPECT_THROW(take({{1, 2, 1, 3, false}, leaf, leaf}, 0), Error);  // a node that is not there
  EXPECT_THROW(take({leaf}, 1), Error);
}

}  // namespace
}  // namespace weir::boosted_trees_model
