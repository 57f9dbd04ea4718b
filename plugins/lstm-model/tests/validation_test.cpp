// SPDX-License-Identifier: Apache-2.0
#include "validation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "reference.hpp"

namespace weir::lstm_model {
namespace {

// What a network gives for 30 windows, and truths made of it.
struct Judged {
  const Shape shape{4, 1, {3}, 3, Activation::tanh};
  Trainer<float> trainer{shape, test::random_weights<float>(shape, 5), TrainerOptions{}};
  std::vector<float> series, outputs, truths;
  std::vector<Sample<float>> samples;

  Judged() {
    constexpr std::size_t windows = 30;
    for (std::size_t t = 0; t < windows + shape.steps; ++t)
      series.push_back(static_cast<float>(std::sin(static_cast<double>(t))));
    for (std::size_t w = 0; w < windows; ++w) samples.push_back({&series[w], nullptr});
    outputs.resize(windows * 3);
    trainer.predict(samples, outputs);
    const float shares[] = {0.5F, -1.0F, 2.0F};
    for (std::size_t j = 0; j < outputs.size(); ++j) truths.push_back(shares[j % 3] * outputs[j]);
    for (std::size_t w = 0; w < windows; ++w) samples[w].target = &truths[w * 3];
  }
};

TEST(Trust, IsThePartThatValidatesBestPerOutputFromNoneToAll) {
  Judged judged;
  for (const Loss loss : {Loss::mae, Loss::mse, Loss::huber}) {
    const Validation validation(judged.trainer, judged.samples, 3, loss, 0.5);
    EXPECT_EQ(validation.best_trust(), (std::vector<double>{0.5, 0, 1}));
  }
}

TEST(Trust, ScalesTheOutputsBeforeTheyAreCompared) {
  Judged judged;
  const std::vector<float> units(3, 4.0F);
  for (Sample<float>& sample : judged.samples) sample.scale = units.data();
  const Validation validation(judged.trainer, judged.samples, 3, Loss::mae, 0.5);
  const std::vector<double> trust{0.5, 0, 1};
  double sum = 0;
  for (std::size_t j = 0; j < judged.outputs.size(); ++j) {
    const float left[] = {0, 4 * judged.outputs[j], -4 * judged.outputs[j]};
    sum += std::abs(static_cast<double>(left[j % 3]));
  }
  EXPECT_NEAR(validation.loss(trust), sum / static_cast<double>(judged.outputs.size()), 1e-6);
}

}  // namespace
}  // namespace weir::lstm_model
