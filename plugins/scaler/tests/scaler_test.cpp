// SPDX-License-Identifier: Apache-2.0
#include "scaler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <weir/testing.hpp>

namespace weir::scaler {
namespace {

using testing::batch;
using testing::Bench;
using testing::run;

TEST(Learn, AgreesWithFiguresByHand) {
  const std::vector<double> values{4, 1, 3, 2, 10};
  EXPECT_EQ(learn(Method::minmax, values).factor, 9);
  EXPECT_EQ(learn(Method::minmax, values).offset, 1);
  EXPECT_EQ(learn(Method::standard, values).offset, 4);
  EXPECT_NEAR(learn(Method::standard, values).factor, std::sqrt((0 + 9 + 1 + 4 + 36) / 5.0), 1e-12);
  EXPECT_EQ(learn(Method::robust, values).offset, 3);      // median of 1 2 3 4 10
  EXPECT_EQ(learn(Method::robust, values).factor, 4 - 2);  // quartiles
}

TEST(Learn, AConstantBecomesZero) {
  const Scale scale = learn(Method::minmax, {5, 5});
  EXPECT_EQ((5 - scale.offset) / scale.factor, 0);
  EXPECT_EQ(learn(Method::standard, {}).factor, 1);
}

TEST(Scaler, LearnsFromTheTrainingPartOnly) {
  const Batch out = run<Scaler>({{"train_percent", "50"}}, batch("v", {0, 10, 20, 1000}));
  const Column& v = out.column("v");
  EXPECT_EQ(v.doubles()[1], 1);
  EXPECT_EQ(v.doubles()[3], 100);
  EXPECT_EQ(v.info().metadata.at("weir.fitted_until"), "1000000000");
}

TEST(Scaler, PhysicalValuesComeBack) {
  const Batch in = batch("v", {3, std::nullopt, -7, 12});
  for (const char* method : {"minmax", "standard", "robust"}) {
    const Batch out = run<Scaler>({{"method", method}, {"train_percent", "100"}}, in);
    for (std::size_t row = 0; row < 4; ++row) {
      ASSERT_EQ(out.column("v").valid(row), row != 1);
      if (row == 1) continue;
      EXPECT_NEAR(out.column("v").physical(row), in.column("v").number(row), 1e-12) << method;
    }
  }
}

TEST(Scaler, TwoScalersInARowStillGiveBackPhysicalValues) {
  const Batch in = batch("v", {3, 5, -7, 12});
  const Batch twice = run<Scaler>({{"method", "standard"}}, run<Scaler>({}, in));
  for (std::size_t row = 0; row < 4; ++row)
    EXPECT_NEAR(twice.column("v").physical(row), in.column("v").number(row), 1e-12);
}

TEST(Scaler, LiveItPassesRowsOnOnceItHasLearned) {
  Bench<Scaler> bench({{"fit_rows", "3"}});
  bench.process(batch("v", {0, 2}));
  EXPECT_TRUE(bench.take().empty());
  bench.process(batch("v", {4}));
  EXPECT_EQ(bench.take().size(), 2U);
  bench.process(batch("v", {8}));
  EXPECT_EQ(bench.take().at(0).column("v").doubles()[0], 2);
}

TEST(Scaler, LeavesOtherColumnsAlone) {
  Batch in = batch("v", {1, 2});
  in = in.with(in.column("v").renamed("w"));
  const Batch out = run<Scaler>({{"columns", "v*"}}, in);
  EXPECT_EQ(out.column("w"), in.column("w"));
  EXPECT_NE(out.column("v"), in.column("v"));
}

TEST(Scaler, ARestartGoesOnWithWhatWasLearned) {
  Bench<Scaler> before({{"fit_rows", "3"}});
  before.process(batch("v", {0, 2}));
  EXPECT_THROW((void)before.save_state(), RetryLater) << "nothing is learned yet";
  before.process(batch("v", {4}));
  const std::string state = before.save_state();
  Bench<Scaler> after({{"fit_rows", "3"}});
  after.load_state(state);
  (void)before.take();
  EXPECT_EQ(after.process(batch("v", {8})).take(), before.process(batch("v", {8})).take());
  EXPECT_EQ(after.save_state(), state);
}

TEST(Scaler, AStateThatDoesNotFitIsRefusedAndChangesNothing) {
  Bench<Scaler> before({{"fit_rows", "1"}});
  before.process(batch("v", {4}));
  const std::string state = before.save_state();
  for (std::size_t size = 0; size < state.size(); ++size) {
    Bench<Scaler> after({{"fit_rows", "1"}});
    EXPECT_THROW(after.load_state(state.substr(0, size)), Error) << size;
    EXPECT_THROW((void)after.save_state(), RetryLater) << size;
  }
  EXPECT_THROW(Bench<Scaler>({{"method", "robust"}}).load_state(state), Error);
  EXPECT_THROW(Bench<Scaler>({{"columns", "v"}}).load_state(state), Error);
}

TEST(Scaler, AStopKeepsWhatWasHeld) {
  Bench<Scaler> bench;
  bench.process(batch("v", {0, 2})).finish(Reason::stopping);
  EXPECT_EQ(bench.take().size(), 1U);
  EXPECT_EQ(bench.logs().size(), 1U);
}

}  // namespace
}  // namespace weir::scaler
