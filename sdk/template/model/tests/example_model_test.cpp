// SPDX-License-Identifier: Apache-2.0
#include "example_model.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

/// Eight rows of two features: one that is constant, one that grows by 2 a step.
class ExampleModelTest : public testing::Test {
 protected:
  ExampleModelTest() {
    for (std::size_t row = 0; row < 8; ++row) {
      values_.insert(values_.end(), {7, 2.0 * double(row)});
      times_.push_back(std::int64_t(row) * 1'000'000'000);
    }
    set_.features = 2;
    set_.rows = 8;
    set_.values = values_.data();
    set_.times = times_.data();
    set_.targets = &target_;
    set_.target_count = 1;
    set_.sequence_length = 2;
    set_.horizon = 3;
    set_.train = windows_.data();
    set_.train_count = windows_.size();
    progress_.report = [](void*, const weir_epoch*) { return 1; };
    window_.features = 2;
    window_.rows = 8;
    window_.values = values_.data();
    window_.times = times_.data();
    window_.sequence_length = 2;
    window_.horizon = 3;
    window_.target_count = 1;
  }

  ExampleModel fitted() {
    ExampleModel model;
    weir::Progress progress(progress_);
    model.fit(weir::TrainingSet(set_), progress);
    return model;
  }

  std::vector<double> values_;
  std::vector<std::int64_t> times_;
  std::uint32_t target_ = 1;
  std::vector<std::uint64_t> windows_{0, 1, 2, 3};
  weir_training_set set_{};
  weir_progress progress_{};
  weir_window window_{};
};

TEST_F(ExampleModelTest, ContinuesALine) {
  EXPECT_EQ(fitted().predict(weir::Window(window_)), (weir::Forecast{16, 18, 20}));
}

TEST_F(ExampleModelTest, IsTheSameAfterItWasKept) {
  ExampleModel loaded;
  loaded.load(fitted().save());
  EXPECT_EQ(loaded.predict(weir::Window(window_)), fitted().predict(weir::Window(window_)));
}

TEST_F(ExampleModelTest, RefusesDamagedBytes) {
  ExampleModel model;
  EXPECT_THROW(model.load(""), weir::Error);
  EXPECT_THROW(model.load("1 2\nx"), weir::Error);
}

}  // namespace
