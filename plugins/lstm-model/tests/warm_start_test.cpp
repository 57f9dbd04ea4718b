// SPDX-License-Identifier: Apache-2.0
//
// A fit that goes on from a model that was loaded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <weir/model_testing.hpp>
#include <weir/testing.hpp>

#include "fitting.hpp"
#include "hourly_rows.hpp"
#include "lstm_model.hpp"

namespace weir::lstm_model {
namespace {

using test::daily;
using test::fit;
using test::hourly;
using test::model_of;
using testing::Bench;
using testing::EpochListener;
using ::testing::HasSubstr;
using testing::ModelRows;
using testing::OptionTexts;

TEST(WarmStart, WithoutEpochsKeepsEveryByte) {
  ModelRows rows(hourly(170), daily);
  const OptionTexts options{{"epochs", "3"}, {"layers", "4"}, {"refit_epochs", "0"}};
  Bench<LstmModel> bench(options), later(options);
  fit(bench, rows);
  later.node().load(bench.node().save());
  rows.learn_validation();
  fit(later, rows);
  EXPECT_EQ(later.node().save(), bench.node().save());
}

TEST(WarmStart, GoesOnFromTheWeightsWithTheSameMembers) {
  ModelRows rows(hourly(170), daily);
  const OptionTexts options{{"epochs", "8"}, {"layers", "4"}, {"refit_epochs", "1"}};
  Bench<LstmModel> bench(options), later(options);
  fit(bench, rows);
  later.node().load(bench.node().save());
  rows.learn_validation();
  fit(later, rows);
  const TrainedModel before = model_of(bench), after = model_of(later);
  ASSERT_EQ(after.members.size(), before.members.size());
  for (std::size_t m = 0; m < after.members.size(); ++m) {
    const auto& old = before.members[m].weights;
    const auto& now = after.members[m].weights;
    EXPECT_EQ(after.members[m].way, before.members[m].way);
    EXPECT_NE(now, old);
    double largest = 0;
    for (std::size_t j = 0; j < now.size(); ++j)
      largest = std::max(largest, static_cast<double>(std::abs(now[j] - old[j])));
    EXPECT_LT(largest, 0.1) << "one epoch does not leave the neighbourhood";
  }
}

// What stands in row 171 and after is not looked back over before the second fit.
TEST(WarmStart, WidensTheRangeOfWhatIsFedBack) {
  const auto ranges = [](const char* residual, const char* refit_epochs = "1") {
    ModelRows rows(hourly(200), [](std::size_t row, std::size_t feature) {
      return daily(row, feature) + (row > 170 ? 5 : 0) - (row < 20 ? 3 : 0);
    });
    const OptionTexts options{{"strategy", "recursive"},
                              {"residual", residual},
                              {"epochs", "1"},
                              {"layers", "2"},
                              {"refit_epochs", refit_epochs}};
    Bench<LstmModel> bench(options), later(options);
    fit(bench, rows);
    later.node().load(bench.node().save());
    rows.learn_validation();
    fit(later, rows);
    return std::pair(model_of(bench).plan.fed_back, model_of(later).plan.fed_back);
  };
  EXPECT_TRUE(ranges("last").second.empty()) << "a level with a base may go on";
  const auto [untouched, still] = ranges("none", "0");
  EXPECT_EQ(still, untouched) << "nothing was learned";
  const auto [before, after] = ranges("none");
  ASSERT_EQ(before.size(), 2U);
  for (const std::size_t target : {0U, 1U}) {
    EXPECT_LT(before[target].least, -2);
    EXPECT_LT(before[target].greatest, 1);
    EXPECT_EQ(after[target].least, before[target].least);
    EXPECT_GT(after[target].greatest, 5);
  }
}

TEST(WarmStart, WithValidationNeverGetsWorseThere) {
  ModelRows rows(hourly(170), daily);
  const OptionTexts options{{"epochs", "10"},
                            {"layers", "4"},
                            {"residual", "last"},
                            {"instance_norm", "false"},
                            {"seasonal_inputs", "false"}};
  Bench<LstmModel> bench(options), later(options);
  EpochListener first, second;
  Progress progress = first.progress();
  bench.node().fit(rows.training(), progress);
  later.node().load(bench.node().save());
  progress = second.progress();
  later.node().fit(rows.training(), progress);
  EXPECT_LE(second.epochs().back().best_loss, first.epochs().back().best_loss);
}

TEST(WarmStart, OnOtherShapesStartsAnewAndSaysSo) {
  ModelRows rows(hourly(170), daily);
  Bench<LstmModel> bench(OptionTexts{{"epochs", "2"}, {"layers", "4"}});
  fit(bench, rows);
  ModelRows::Shape longer = hourly(170);
  longer.horizon = 4;
  ModelRows others(longer, daily);
  Bench<LstmModel> later(OptionTexts{{"epochs", "2"}, {"layers", "4"}});
  later.node().load(bench.node().save());
  fit(later, others);
  EXPECT_THAT(later.logs(), ::testing::Contains(HasSubstr("training anew")));
  EXPECT_EQ(later.node().predict(others.window(100)).size(), 8U);
  Bench<LstmModel> wider(OptionTexts{{"epochs", "2"}, {"layers", "5"}});
  wider.node().load(bench.node().save());
  fit(wider, rows);
  EXPECT_THAT(wider.logs(), ::testing::Contains(HasSubstr("training anew")));
}

}  // namespace
}  // namespace weir::lstm_model
