// SPDX-License-Identifier: Apache-2.0
// A model that serves while it learns.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "model_node_fixture.hpp"

namespace weir::core {
namespace {

enum Port : std::uint32_t { forecasts, predictions, training, evaluation, scores, alerts };

class LiveTest : public fakes::ModelNodeTest {
 protected:
  LiveTest() {
    set("min_rows", std::int64_t{50});
    now_ = 60'000'000'000;
  }

  /// As the engine does: calls on_time until a fit that is under way has been taken.
  void learn(NodeInstance& model, std::size_t evaluations = 1) {
    for (int i = 0; i < 6000 && emitted_[evaluation].size() < evaluations; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      model.on_time(Timestamp{Duration{now_}}, *this);
    }
    ASSERT_EQ(emitted_[evaluation].size(), evaluations);
  }
  static Batch one(std::int64_t row, double value) {
    BatchBuilder builder("grid");
    builder.add({.name = "v", .unit = "ms"});
    builder.row(row * 1'000'000'000).set(BatchBuilder::Key{1}, value);
    return builder.build();
  }
};

TEST_F(LiveTest, ForecastsWithEachBatchOnceItHasLearned) {
  auto model = open();
  model->process(0, ramp(0, 49), *this);
  EXPECT_TRUE(emitted_[forecasts].empty());
  model->process(0, ramp(49, 1), *this);
  learn(*model);
  ASSERT_EQ(emitted_[forecasts].size(), 1U);  // from the rows that were there
  model->process(0, ramp(50, 1), *this);
  ASSERT_EQ(emitted_[forecasts].size(), 2U);
  EXPECT_EQ(emitted_[forecasts][1].column("issued_at").integers()[0], 51'000'000'000);
}

TEST_F(LiveTest, AHistoryIsLearnedFromButNotForecast) {
  now_ = 1'000'000'000'000;
  auto model = open();
  model->process(0, ramp(0, 60), *this);
  learn(*model);
  model->process(0, ramp(60, 800), *this);
  EXPECT_TRUE(emitted_[forecasts].empty());
  model->process(0, ramp(860, 130), *this);  // the last row is ten seconds old
  ASSERT_EQ(emitted_[forecasts].size(), 1U);
  EXPECT_TRUE(emitted_[scores].empty());
}

TEST_F(LiveTest, EachForecastIsScoredWhenItsTruthComes) {
  auto model = open();
  model->process(0, ramp(0, 60), *this);
  learn(*model);
  EXPECT_TRUE(emitted_[scores].empty());
  model->process(0, ramp(60, 1), *this);
  ASSERT_EQ(emitted_[scores].size(), 1U);
  const Batch& first = emitted_[scores][0];
  ASSERT_EQ(first.rows(), 1U);  // of the one forecast that was open, its first step
  EXPECT_EQ(first.measurement(), "forecast_score");
  EXPECT_EQ(first.column("horizon_step").text(0), "1");
  EXPECT_EQ(first.column("issued_at").integers()[0], 60'000'000'000);
  EXPECT_DOUBLE_EQ(first.column("actual").number(0), 60);
  EXPECT_NEAR(first.column("error").number(0), 0, 1e-9);
  model->process(0, ramp(61, 1), *this);
  EXPECT_EQ(emitted_[scores][1].rows(), 2U);  // step 2 of the first forecast, step 1 of the second
}

TEST_F(LiveTest, AModelFromItsFileServesAtOnceAndIsLearnedAgainInTime) {
  const auto path =
      std::filesystem::temp_directory_path() / ("weir-live-model-" + std::to_string(::getpid()));
  std::filesystem::remove(path);
  set("model_file", path.string());
  set("retrain", Duration{std::chrono::seconds{30}}.count());
  {
    auto first = open();
    first->process(0, ramp(0, 60), *this);
    learn(*first);
  }
  emitted_.clear();
  auto second = open();
  EXPECT_TRUE(logged("goes on with the model in"));
  second->process(0, ramp(60, 4), *this);  // sequence_length
  ASSERT_EQ(emitted_[forecasts].size(), 1U);
  EXPECT_NEAR(emitted_[forecasts][0].column("rtt").number(0), 64, 1e-6);
  now_ += 31'000'000'000;
  second->process(0, ramp(64, 40), *this);
  learn(*second);
  second.reset();

  set("horizon", std::int64_t{2});
  auto other = open();
  EXPECT_TRUE(logged("was learned with another horizon"));
  std::filesystem::remove(path);
}

TEST_F(LiveTest, AValueFarOffIsAnAnomalyAndAnOrdinaryOneIsNot) {
  set("alert_rate", 0.1);
  node_.type = detail::Adapter<fakes::LastValue>::type();
  auto model = open();
  // A walk of equal steps: each residual of one step ahead is 1.
  BatchBuilder walk("grid");
  walk.add({.name = "v", .unit = "ms"});
  for (std::int64_t row = 0; row < 200; ++row)
    walk.row(row * 1'000'000'000).set(BatchBuilder::Key{1}, double(row % 2));
  model->process(0, walk.build(), *this);
  learn(*model);
  for (std::int64_t row = 200; row < 230; ++row)
    model->process(0, one(row, double(row % 2)), *this);
  EXPECT_TRUE(emitted_[alerts].empty());
  model->process(0, one(230, 50), *this);
  ASSERT_EQ(emitted_[alerts].size(), 1U);
  const Batch& alert = emitted_[alerts][0];
  EXPECT_EQ(alert.measurement(), "alert");
  EXPECT_EQ(alert.column("kind").text(0), "anomaly");
  EXPECT_EQ(alert.column("column").text(0), "v");
  EXPECT_DOUBLE_EQ(alert.column("actual").number(0), 50);
  EXPECT_LE(alert.column("p_value").number(0), 0.1);
  EXPECT_TRUE(logged("v is 50, expected"));
}

TEST_F(LiveTest, ErrorsFarOverTheUsualOnesAreDriftToldOnce) {
  node_.type = detail::Adapter<fakes::LastValue>::type();
  auto model = open();
  BatchBuilder walk("grid");
  walk.add({.name = "v", .unit = "ms"});
  for (std::int64_t row = 0; row < 200; ++row)
    walk.row(row * 1'000'000'000).set(BatchBuilder::Key{1}, double(row % 2));
  model->process(0, walk.build(), *this);
  learn(*model);
  for (std::int64_t row = 200; row < 300; ++row)
    model->process(0, one(row, 100 * double(row % 2)), *this);
  std::size_t drifts = 0;
  for (const Batch& batch : emitted_[alerts]) {
    for (std::size_t row = 0; row < batch.rows(); ++row)
      drifts += batch.column("kind").text(row) == "drift" ? 1U : 0U;
  }
  EXPECT_EQ(drifts, 1U);
  EXPECT_TRUE(logged("times as much as when the model was calibrated"));
}

TEST_F(LiveTest, RetrainsOnScheduleWhileTheOldModelServes) {
  set("retrain", std::int64_t{10'000'000'000});
  auto model = open();
  model->process(0, ramp(0, 60), *this);
  learn(*model);
  model->process(0, ramp(60, 1), *this);
  now_ += 9'000'000'000;
  model->process(0, ramp(61, 1), *this);
  EXPECT_EQ(emitted_[evaluation].size(), 1U);
  now_ += 2'000'000'000;
  model->process(0, ramp(62, 1), *this);  // begins the second fit, and forecasts all the same
  EXPECT_EQ(emitted_[forecasts].back().column("issued_at").integers()[0], 63'000'000'000);
  learn(*model, 2);
}

TEST_F(LiveTest, TooFewWholeRowsAreToldAndTriedAgain) {
  set("min_rows", std::int64_t{5});
  auto model = open();
  model->process(0, ramp(0, 6), *this);
  for (int i = 0; i < 6000 && logs_.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    model->on_time(Timestamp{Duration{now_}}, *this);
  }
  EXPECT_TRUE(logged("it tries again with more rows"));
  model->process(0, ramp(6, 50), *this);
  learn(*model);
}

TEST_F(LiveTest, OldRowsAreForgottenAndForecastsGoOn) {
  set("retrain_window", std::int64_t{80'000'000'000});
  auto model = open();
  model->process(0, ramp(0, 60), *this);
  learn(*model);
  for (std::int64_t row = 60; row < 300; ++row) model->process(0, ramp(row, 1), *this);
  const Batch& last = emitted_[forecasts].back();
  EXPECT_EQ(last.times()[0], 300'000'000'000);
  EXPECT_NEAR(last.column("rtt").number(2), 302, 1e-9);
}

TEST_F(LiveTest, ARunThatEndsWaitsForItsFirstModel) {
  auto model = open();
  model->process(0, ramp(0, 60), *this);
  model->finish(Reason::ended, *this);
  EXPECT_EQ(emitted_[evaluation].size(), 1U);
  EXPECT_EQ(emitted_[forecasts].size(), 1U);
}

TEST_F(LiveTest, ARunThatEndsTooEarlySaysHowManyRowsCame) {
  auto model = open();
  model->process(0, ramp(0, 20), *this);
  model->finish(Reason::ended, *this);
  EXPECT_TRUE(logged("no model was learned: 20 rows came, min_rows is 50"));
}

}  // namespace
}  // namespace weir::core
