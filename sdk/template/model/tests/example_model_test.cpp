// SPDX-License-Identifier: Apache-2.0
#include "example_model.hpp"

#include <gtest/gtest.h>

#include <weir/model_testing.hpp>

namespace {

/// Eight rows of two features: one that is constant, and the target, which grows by 2 a step.
class ExampleModelTest : public testing::Test {
 protected:
  ExampleModel fitted() {
    ExampleModel model;
    weir::Progress progress = listener_.progress();
    model.fit(rows_.training(), progress);
    return model;
  }

  weir::testing::ModelRows rows_{
      {.rows = 8, .features = 2, .targets = {1}, .sequence_length = 2, .horizon = 3},
      [](std::size_t row, std::size_t feature) { return feature == 0 ? 7 : 2.0 * double(row); }};
  weir::testing::EpochListener listener_;
};

TEST_F(ExampleModelTest, ContinuesALine) {
  EXPECT_EQ(fitted().predict(rows_.window(8)), (weir::Forecast{16, 18, 20}));
}

TEST_F(ExampleModelTest, IsTheSameAfterItWasKept) {
  ExampleModel loaded;
  loaded.load(fitted().save());
  EXPECT_EQ(loaded.predict(rows_.window(8)), fitted().predict(rows_.window(8)));
}

TEST_F(ExampleModelTest, RefusesDamagedBytes) {
  ExampleModel model;
  EXPECT_THROW(model.load(""), weir::Error);
  EXPECT_THROW(model.load("1 2\nx"), weir::Error);
}

}  // namespace
