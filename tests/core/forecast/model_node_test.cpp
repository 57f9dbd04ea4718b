// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/model_node.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "model_node_fixture.hpp"

namespace weir::core {
namespace {

using fakes::ModelNodeTest;

TEST_F(ModelNodeTest, LearnsAtTheEndAndForecastsUnderTheSeriesOwnNames) {
  auto model = open();
  model->process(0, ramp(0, 100), *this);
  model->finish(Reason::ended, *this);
  ASSERT_EQ(emitted_[0].size(), 1U);
  const Batch& forecast = emitted_[0].front();
  EXPECT_EQ(forecast.measurement(), "forecast");
  EXPECT_EQ(forecast.rows(), 3U);
  EXPECT_EQ(forecast.times()[0], 100'000'000'000);
  EXPECT_EQ(forecast.column("target").text(0), "a");
  EXPECT_EQ(forecast.column("model").text(0), "lstm");
  EXPECT_EQ(forecast.column("horizon_step").text(2), "3");
  EXPECT_NEAR(forecast.column("rtt").number(2), 102, 1e-9);
  EXPECT_TRUE(forecast.column("rtt_lower").valid(0));
  EXPECT_EQ(emitted_[2].front().rows(), 5U);  // epochs
  EXPECT_EQ(emitted_[3].front().column("column").text(0), "v");
  EXPECT_EQ(emitted_[1].front().rows(), 18U * 3U);
}

TEST_F(ModelNodeTest, AStopBeforeTheEndLearnsNothingAndSaysSo) {
  auto model = open();
  model->process(0, ramp(0, 100), *this);
  model->finish(Reason::stopping, *this);
  EXPECT_TRUE(emitted_.empty());
  EXPECT_EQ(logs_.size(), 1U);
}

TEST_F(ModelNodeTest, GoesOnWithASavedModelAndSetsADamagedOneAside) {
  const auto path =
      std::filesystem::temp_directory_path() / ("weir-model-" + std::to_string(::getpid()));
  set("model_file", path.string());
  auto first = open();
  first->process(0, ramp(0, 100), *this);
  first->finish(Reason::ended, *this);
  const Batch before = emitted_[0].front();
  emitted_.clear();
  auto second = open();
  second->process(0, ramp(90, 10), *this);  // far too few to learn from
  second->finish(Reason::ended, *this);
  ASSERT_EQ(emitted_[0].size(), 1U);
  EXPECT_EQ(emitted_[0].front(), before);
  set("target", OptionValue::List{{std::string("other")}});
  auto third = open();
  BatchBuilder rows("grid");
  rows.add(
      {.name = "v", .unit = "ms", .metadata = {{"weir.field", "rtt"}, {"weir.tags", "target=a"}}});
  const auto other = rows.field<double>("other");
  rows.row(0).set(BatchBuilder::Key{1}, 1.0).set(other, 2.0);
  third->process(0, rows.build(), *this);
  EXPECT_THROW(third->finish(Reason::ended, *this), Fatal) << "a model of another target";
  set("target", OptionValue::List{{std::string("v")}});
  std::ofstream(path, std::ios::binary | std::ios::app) << "x";
  (void)open();
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(logged("the model file is damaged"));
  const std::string aside = path.string() + ".damaged-1970-01-01T00-16-40Z";
  EXPECT_TRUE(std::filesystem::remove(aside)) << logs_.back();
}

}  // namespace
}  // namespace weir::core
