// SPDX-License-Identifier: Apache-2.0
//
// The network against plain loops, and its gradients against central differences.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "network/initialise.hpp"
#include "network/predictor.hpp"
#include "network/trainer.hpp"
#include "reference.hpp"

namespace weir::lstm_model {
namespace {

using test::plain_network;
using test::random_weights;
using test::Samples;

const Shape shapes[] = {
    {10, 3, {50, 16}, 20, Activation::relu}, {10, 3, {50, 16}, 20, Activation::tanh},
    {1, 1, {1}, 1, Activation::tanh},        {2, 5, {3}, 4, Activation::relu},
    {7, 2, {9, 4, 6}, 3, Activation::tanh},  {64, 1, {13}, 1, Activation::tanh},
    {6, 2, {5, 8}, 3, Activation::tanh, 7},  {3, 1, {17}, 2, Activation::relu, 1},
};

std::string text(const Shape& shape) {
  std::string result = std::to_string(shape.steps) + " x " + std::to_string(shape.features) + " ->";
  for (const std::size_t units : shape.units) result += " " + std::to_string(units);
  return result + " -> " + std::to_string(shape.outputs) +
         (shape.activation == Activation::relu ? " relu" : " tanh");
}

template <typename T>
void outputs_agree(double tolerance) {
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(text(shape));
    const auto weights = random_weights<T>(shape, 3);
    for (const std::size_t count : {1, 7, 16, 33, 71}) {
      const Samples<T> samples(shape, count, count);
      Trainer<T> trainer(shape, weights, {});
      std::vector<T> outputs(count * shape.outputs);
      trainer.predict(samples.list, outputs);
      double squares = 0;
      for (std::size_t s = 0; s < count; ++s) {
        const auto expected =
            plain_network(shape, weights, samples.list[s].window, samples.list[s].known);
        for (std::size_t j = 0; j < shape.outputs; ++j) {
          ASSERT_NEAR(static_cast<double>(outputs[s * shape.outputs + j]), expected[j], tolerance);
          const double error = expected[j] - static_cast<double>(samples.list[s].target[j]);
          squares += error * error;
        }
      }
      const double loss = squares / static_cast<double>(count * shape.outputs);
      EXPECT_NEAR(trainer.evaluate(samples.list), loss, 10 * tolerance);
    }
  }
}

TEST(Network, OutputsAgreeWithPlainLoopsInFloat) { outputs_agree<float>(5e-6); }
TEST(Network, OutputsAgreeWithPlainLoopsInDouble) { outputs_agree<double>(1e-13); }

TEST(Network, PredictorAgreesWithPlainLoops) {
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(text(shape));
    const auto weights = random_weights<float>(shape, 3);
    const Samples<float> samples(shape, 5, 9);
    Predictor predictor(shape, weights);
    for (const auto& sample : samples.list) {
      const auto expected = plain_network(shape, weights, sample.window, sample.known);
      const auto outputs = predictor.predict({sample.window, shape.steps * shape.features},
                                             {sample.known, shape.known});
      ASSERT_EQ(outputs.size(), expected.size());
      for (std::size_t j = 0; j < expected.size(); ++j) {
        EXPECT_NEAR(static_cast<double>(outputs[j]), expected[j], 5e-6);
      }
    }
  }
}

// What a gradient is checked with, beside the shape.
struct Check {
  Loss loss = Loss::mse;
  std::size_t count = 5;
  std::size_t batch = 8;
  double quantile = 0.5;
  double dropout = 0;
  bool measured = false;  // windows with centre and gain, errors with a scale
};

// ‖analytic − numeric‖ / (‖analytic‖ + ‖numeric‖) of every block of parameters.
void gradients_agree(const Shape& shape, const Check& check) {
  SCOPED_TRACE(text(shape) + ", loss " + std::to_string(static_cast<int>(check.loss)) +
               ", samples " + std::to_string(check.count));
  auto weights = random_weights<double>(shape, 5);
  Samples<double> samples(shape, check.count, 6);
  const Samples<double> moments({shape.features, check.count, {1}, shape.outputs}, check.count, 7);
  std::vector<double> gains, scales;
  for (std::size_t j = 0; j < check.count * shape.features; ++j)
    gains.push_back(1.5 + moments.windows[j]);
  for (const double value : moments.targets) scales.push_back(1.5 + value);
  for (std::size_t s = 0; check.measured && s < check.count; ++s) {
    samples.list[s].centre = &moments.windows[s * shape.features];
    samples.list[s].gain = &gains[s * shape.features];
    samples.list[s].scale = &scales[s * shape.outputs];
  }
  TrainerOptions options;
  options.loss = check.loss;
  options.quantile = check.quantile;
  options.batch_size = check.batch;
  options.dropout = check.dropout;
  Trainer<double> trainer(shape, weights, options);
  std::vector<double> analytic(weights.size()), numeric(weights.size());
  const double value = trainer.gradient(samples.list, analytic);
  EXPECT_NEAR(value, trainer.training_loss(samples.list), 1e-14);
  if (check.dropout > 0) {
    EXPECT_NE(value, trainer.evaluate(samples.list));
  } else {
    EXPECT_NEAR(value, trainer.evaluate(samples.list), 1e-14);
  }
  constexpr double step = 1e-5;
  for (std::size_t j = 0; j < weights.size(); ++j) {
    const double kept = weights[j];
    weights[j] = kept + step;
    trainer.set_weights(weights);
    const double up = trainer.training_loss(samples.list);
    weights[j] = kept - step;
    trainer.set_weights(weights);
    const double down = trainer.training_loss(samples.list);
    weights[j] = kept;
    numeric[j] = (up - down) / (2 * step);
  }
  for (const Block& block : blocks(shape)) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      double difference = 0, a_norm = 0, n_norm = 0;
      for (std::size_t column = 0; column < block.columns; ++column) {
        const std::size_t j = block.offset + row * block.columns + column;
        difference += (analytic[j] - numeric[j]) * (analytic[j] - numeric[j]);
        a_norm += analytic[j] * analytic[j];
        n_norm += numeric[j] * numeric[j];
      }
      // A row of zeros (the recurrent weights of a window of one step) has no relative error.
      const double scale = std::max(std::sqrt(a_norm) + std::sqrt(n_norm), 1e-6);
      EXPECT_LT(std::sqrt(difference) / scale, 1e-6)
          << "block at " << block.offset << ", row " << row;
    }
  }
}

const Shape gradient_shapes[] = {
    {5, 3, {6, 4}, 3, Activation::tanh},    {5, 3, {6, 4}, 3, Activation::relu},
    {4, 2, {3, 5, 2}, 2, Activation::tanh}, {1, 2, {4}, 2, Activation::tanh},
    {3, 1, {1}, 1, Activation::tanh},       {4, 2, {5, 3}, 3, Activation::tanh, 4},
};

TEST(Gradients, AgreeWithCentralDifferences) {
  for (const Shape& shape : gradient_shapes) gradients_agree(shape, {});
  gradients_agree({3, 1, {1}, 1, Activation::tanh}, {.count = 1, .batch = 1});
}

TEST(Gradients, AgreeForEveryLoss) {
  const Shape shape{4, 2, {5}, 3, Activation::tanh, 2};
  for (const Loss loss : {Loss::mse, Loss::mae, Loss::huber}) {
    gradients_agree(shape, {.loss = loss, .count = 6});
    gradients_agree(shape, {.loss = loss, .count = 6, .measured = true});
  }
  for (const double quantile : {0.1, 0.5, 0.9}) {
    gradients_agree(shape, {.loss = Loss::pinball, .count = 6, .quantile = quantile});
    gradients_agree(shape,
                    {.loss = Loss::pinball, .count = 6, .quantile = quantile, .measured = true});
  }
}

TEST(Gradients, AgreeForWindowsInTheirOwnMeasure) {
  for (const Shape& shape : gradient_shapes) gradients_agree(shape, {.measured = true});
}

// With the values that the minibatch leaves out left out in the differences, too.
TEST(Gradients, AgreeUnderDropout) {
  for (const Shape& shape : gradient_shapes) {
    if (shape.units == std::vector<std::size_t>{1}) continue;  // all or nothing
    gradients_agree(shape, {.dropout = 0.3});
    gradients_agree(shape, {.count = 19, .batch = 32, .dropout = 0.5, .measured = true});
  }
}

// More samples than one block of columns: the minibatch is cut into two slices, one of them padded.
TEST(Gradients, AgreeOverSlices) {
  gradients_agree({3, 2, {4, 3}, 2, Activation::tanh, 3}, {.count = 19, .batch = 32});
  gradients_agree({3, 2, {4, 3}, 2, Activation::relu}, {.count = 32, .batch = 32});
}

TEST(Dropout, LeavesOutItsShareAndKeepsTheMean) {
  // One step, one layer: the head sees the layer's output, masked. With the head's weights all 1
  // and the layer's output about 1, an output is the sum of the masks.
  const Shape shape{1, 1, {200}, 1, Activation::relu};
  AlignedVector<double> weights(parameter_count(shape), 0.0);
  const std::vector<Block> all = blocks(shape);
  for (std::size_t unit = 0; unit < 200; ++unit) {
    for (const std::size_t gate : {0U, 3U}) weights[gate * 200 + unit] = 40;  // open
    weights[2 * 200 + unit] = 1;
    weights[all[1].offset + 1 + unit] = 1;
  }
  PackedWeights<double> packed(shape);
  packed.pack(weights);
  const Samples<double> samples(shape, 1, 1);
  Slice<double> slice(shape, 1, true);
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    slice.load(samples.list);
    slice.forward(packed, {0.25, seed});
    const double kept = slice.output(0, 0) * 0.75;
    EXPECT_NEAR(kept, std::round(kept), 1e-9);
    EXPECT_LT(kept, 200);
    sum += kept / 200;
  }
  EXPECT_NEAR(sum / 100, 0.75, 0.01);
  slice.load(samples.list);
  slice.forward(packed);
  EXPECT_NEAR(slice.output(0, 0), 200, 1e-9);
}

TEST(Pinball, IsLeastAtTheQuantile) {
  const auto mean_loss = [](double guess) {
    double sum = 0;
    for (int value = 0; value < 100; ++value)
      sum += loss_of<double>(Loss::pinball, guess - value, 0.9).value;
    return sum;
  };
  EXPECT_LT(mean_loss(89.5), mean_loss(85));
  EXPECT_LT(mean_loss(89.5), mean_loss(95));
  EXPECT_DOUBLE_EQ(loss_of<double>(Loss::pinball, 2, 0.9).value, 0.2);
  EXPECT_DOUBLE_EQ(loss_of<double>(Loss::pinball, -2, 0.9).value, 1.8);
  EXPECT_TRUE(std::isnan(loss_of<double>(Loss::pinball, NAN, 0.9).slope));
}

TEST(Network, FirstWeightsAreThoseOfTheSeed) {
  const Shape shape{10, 3, {20, 7}, 4, Activation::tanh};
  EXPECT_EQ(initial_weights<float>(shape, 1), initial_weights<float>(shape, 1));
  EXPECT_NE(initial_weights<float>(shape, 1), initial_weights<float>(shape, 2));
}

TEST(Network, FirstWeightsAreAsStated) {
  const Shape shape{10, 3, {20, 7}, 4, Activation::tanh};
  const auto weights = initial_weights<double>(shape, 1);
  for (const Block& block : blocks(shape)) {
    const double* const matrix = weights.data() + block.offset;
    const std::size_t units = block.recurrent;
    for (std::size_t j = 0; j < block.columns; ++j) {
      EXPECT_EQ(matrix[j], units > 0 && j >= units && j < 2 * units ? 1.0 : 0.0);
    }
    const double limit = std::sqrt(6.0 / static_cast<double>(block.inputs + block.columns));
    double largest = 0;
    for (std::size_t j = 0; j < block.inputs * block.columns; ++j) {
      largest = std::max(largest, std::abs(matrix[block.columns + j]));
    }
    EXPECT_LE(largest, limit);
    EXPECT_GT(largest, 0.8 * limit);
    const double* const recurrent = matrix + (1 + block.inputs) * block.columns;
    for (std::size_t gate = 0; gate < (units > 0 ? 4 : 0); ++gate) {
      for (std::size_t r = 0; r < units; ++r) {
        for (std::size_t s = 0; s < units; ++s) {
          double product = 0;
          for (std::size_t u = 0; u < units; ++u) {
            product += recurrent[r * block.columns + gate * units + u] *
                       recurrent[s * block.columns + gate * units + u];
          }
          EXPECT_NEAR(product, r == s ? 1 : 0, 1e-12);
        }
      }
    }
  }
}

TEST(Shape, CountsItsParameters) {
  // 200 × (1 + 3 + 50) + 64 × (1 + 50 + 16) + 20 × 17
  EXPECT_EQ(parameter_count({10, 3, {50, 16}, 20, Activation::relu}), 10'800U + 4'288U + 340U);
}

TEST(Shape, RefusesWhatCannotBe) {
  EXPECT_THROW(check({0, 3, {5}, 1, Activation::relu}), std::invalid_argument);
  EXPECT_THROW(check({10, 0, {5}, 1, Activation::relu}), std::invalid_argument);
  EXPECT_THROW(check({10, 3, {}, 1, Activation::relu}), std::invalid_argument);
  EXPECT_THROW(check({10, 3, {5, 0}, 1, Activation::relu}), std::invalid_argument);
  EXPECT_THROW(check({10, 3, {5}, 0, Activation::relu}), std::invalid_argument);
  EXPECT_THROW(check({10, 3, {5}, 1, Activation::relu, 1U << 21}), std::invalid_argument);
  EXPECT_THROW(check({10, 3, {60'000}, 1, Activation::relu}), std::invalid_argument);
  EXPECT_THROW(check({1U << 20, 1U << 10, {5}, 1, Activation::relu}), std::invalid_argument);
  const auto huge = static_cast<std::size_t>(-1);
  EXPECT_THROW(check({10, huge, {huge, huge}, huge, Activation::relu}), std::invalid_argument);
  EXPECT_NO_THROW(check({10, 3, {50, 16}, 20, Activation::relu}));
}

}  // namespace
}  // namespace weir::lstm_model
