// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "network/fit.hpp"
#include "network/initialise.hpp"
#include "network/worker_pool.hpp"
#include "reference.hpp"

namespace weir::lstm_model {
namespace {

using test::Samples;

// Windows of a sine, to forecast its next `outputs` values.
struct Sine {
  std::vector<float> series;
  std::vector<Sample<float>> samples;

  explicit Sine(const Shape& shape, std::size_t count = 300) {
    for (std::size_t t = 0; t < count + shape.steps + shape.outputs; ++t) {
      series.push_back(static_cast<float>(std::sin(0.2 * static_cast<double>(t))));
    }
    for (std::size_t j = 0; j < count; ++j)
      samples.push_back({&series[j], &series[j + shape.steps]});
  }
};

const Shape small{10, 1, {12, 5}, 3, Activation::tanh};

bool always(const EpochReport&) { return true; }

std::vector<std::uint32_t> bits(std::span<const float> values) {
  std::vector<std::uint32_t> result;
  for (const float value : values) result.push_back(std::bit_cast<std::uint32_t>(value));
  return result;
}

std::vector<std::uint32_t> trained(std::size_t threads, std::uint64_t seed, std::size_t batch,
                                   double dropout = 0) {
  const Sine sine(small, 201);
  TrainerOptions options;
  options.dropout = dropout;
  options.seed = seed;
  options.threads = threads;
  options.batch_size = batch;
  Trainer<float> trainer(small, initial_weights<float>(small, seed), options);
  const std::span<const Sample<float>> all(sine.samples);
  (void)fit<float>(trainer, all.first(150), all.subspan(150), {5, 0, true, seed}, always);
  return bits(trainer.weights());
}

TEST(Training, IsTheSameByteForByteForAnyNumberOfThreads) {
  for (const std::size_t batch : {1, 8, 32, 40, 64}) {
    const auto alone = trained(1, 3, batch);
    EXPECT_EQ(trained(1, 3, batch), alone) << batch;
    EXPECT_EQ(trained(2, 3, batch), alone) << batch;
    EXPECT_EQ(trained(9, 3, batch), alone) << batch;
  }
  EXPECT_NE(trained(1, 4, 32), trained(1, 3, 32));
}

TEST(Training, DropsTheSameForAnyNumberOfThreads) {
  for (const std::size_t batch : {8, 32, 40}) {
    const auto alone = trained(1, 3, batch, 0.3);
    EXPECT_EQ(trained(1, 3, batch, 0.3), alone) << batch;
    EXPECT_EQ(trained(2, 3, batch, 0.3), alone) << batch;
    EXPECT_NE(trained(1, 3, batch), alone) << batch;
  }
}

TEST(Schedule, RisesThenFallsAlongACosine) {
  FitOptions options{10, 0};
  for (std::size_t epoch = 1; epoch <= 10; ++epoch) EXPECT_EQ(rate_factor(options, epoch), 1);
  options.schedule = Schedule::cosine;
  options.warm_up = 2;
  EXPECT_DOUBLE_EQ(rate_factor(options, 1), 1.0 / 3);
  EXPECT_DOUBLE_EQ(rate_factor(options, 2), 2.0 / 3);
  EXPECT_DOUBLE_EQ(rate_factor(options, 3), 1);
  EXPECT_DOUBLE_EQ(rate_factor(options, 7), 0.01 + 0.99 / 2);
  EXPECT_LT(rate_factor(options, 10), 0.06);
  EXPECT_GT(rate_factor(options, 10), 0.01);
}

// Adam's first step moves every weight by the rate, whatever the gradient.
TEST(Schedule, ScalesTheSteps) {
  const Samples<double> samples(small, 8, 1);
  const auto start = initial_weights<double>(small, 1);
  const auto moved = [&](double factor) {
    Trainer<double> trainer(small, start, {});
    trainer.set_rate_factor(factor);
    (void)trainer.epoch(samples.list);
    double sum = 0;
    for (std::size_t j = 0; j < start.size(); ++j) sum += std::abs(trainer.weights()[j] - start[j]);
    return sum;
  };
  EXPECT_NEAR(moved(0.25), moved(1) / 4, 1e-12);
}

TEST(Training, KeepsTheLastWeightsWhereToldTo) {
  const Samples<float> training(small, 64, 1), validation(small, 64, 2);
  TrainerOptions options;
  options.learning_rate = 2e-2;
  Trainer<float> trainer(small, initial_weights<float>(small, 1), options);
  FitOptions fitting{30, 0};
  fitting.keep_last = true;
  double last = 0;
  (void)fit<float>(trainer, training.list, validation.list, fitting, [&](const EpochReport& now) {
    last = now.validation_loss;
    return true;
  });
  EXPECT_EQ(trainer.evaluate(validation.list), last);
}

TEST(Training, TheStartCountsWhereToldTo) {
  // What was learned on the validation part itself cannot be bettered by learning noise.
  const Samples<float> noise(small, 64, 1), validation(small, 64, 2);
  Trainer<float> trainer(small, initial_weights<float>(small, 1), {});
  (void)fit<float>(trainer, validation.list, validation.list, {60, 0}, always);
  const auto before = bits(trainer.weights());
  FitOptions fitting{10, 0};
  fitting.start_counts = true;
  TrainerOptions wild;
  wild.learning_rate = 0.2;
  Trainer<float> other(small, {trainer.weights().begin(), trainer.weights().end()}, wild);
  const FitResult result = fit<float>(other, noise.list, validation.list, fitting, always);
  EXPECT_EQ(result.last.best_epoch, 0U);
  EXPECT_EQ(bits(other.weights()), before);
}

TEST(Training, LearnsASine) {
  for (const Activation activation : {Activation::tanh, Activation::relu}) {
    Shape shape = small;
    shape.activation = activation;
    const Sine sine(shape);
    TrainerOptions options;
    options.learning_rate = 5e-3;
    options.threads = 2;
    Trainer<float> trainer(shape, initial_weights<float>(shape, 1), options);
    const std::span<const Sample<float>> all(sine.samples);
    const FitResult result = fit<float>(trainer, all.first(240), all.subspan(240), {60, 0}, always);
    EXPECT_EQ(result.end, FitEnd::epochs);
    // The variance of a sine is 0.5.
    EXPECT_LT(result.last.best_loss, 0.005);
    EXPECT_NEAR(trainer.evaluate(all.subspan(240)), result.last.best_loss, 1e-7);
  }
}

TEST(Training, KeepsTheBestWeightsWhenPatienceEnds) {
  // Targets are noise: the validation loss soon rises.
  const Samples<float> training(small, 64, 1), validation(small, 64, 2);
  TrainerOptions options;
  options.learning_rate = 2e-2;
  Trainer<float> trainer(small, initial_weights<float>(small, 1), options);
  std::vector<double> losses;
  const FitResult result =
      fit<float>(trainer, training.list, validation.list, {500, 7}, [&](const EpochReport& now) {
        losses.push_back(now.validation_loss);
        return true;
      });
  EXPECT_EQ(result.end, FitEnd::patience);
  ASSERT_EQ(result.last.epoch, losses.size());
  EXPECT_EQ(result.last.epoch, result.last.best_epoch + 7);
  const double best = *std::min_element(losses.begin(), losses.end());
  EXPECT_EQ(result.last.best_loss, best);
  EXPECT_GT(losses.back(), best);
  EXPECT_EQ(trainer.evaluate(validation.list), best);
}

TEST(Training, StopsWhenAskedAndKeepsTheBest) {
  const Sine sine(small);
  Trainer<float> trainer(small, initial_weights<float>(small, 1), {});
  const FitResult result = fit<float>(trainer, sine.samples, {}, {50, 0},
                                      [](const EpochReport& now) { return now.epoch < 3; });
  EXPECT_EQ(result.end, FitEnd::stopped);
  EXPECT_EQ(result.last.epoch, 3U);
  EXPECT_GE(result.last.best_epoch, 1U);
}

TEST(Training, SaysThatItDivergedAndKeepsFiniteWeights) {
  Samples<float> samples(small, 32, 1);
  samples.windows[5] = std::numeric_limits<float>::quiet_NaN();
  Trainer<float> trainer(small, initial_weights<float>(small, 1), {});
  const FitResult result = fit<float>(trainer, samples.list, {}, {10, 0}, always);
  EXPECT_EQ(result.end, FitEnd::diverged);
  EXPECT_EQ(result.last.best_epoch, 0U);
  for (const float weight : trainer.weights()) EXPECT_TRUE(std::isfinite(weight));
}

TEST(Training, OneBadMinibatchIsSkippedAndCounted) {
  Samples<float> samples(small, 96, 1);
  samples.targets[0] = std::numeric_limits<float>::infinity();
  Trainer<float> trainer(small, initial_weights<float>(small, 1), {});
  const auto result = trainer.epoch(samples.list);
  EXPECT_EQ(result.skipped, 1U);
  EXPECT_EQ(result.steps, 2U);
  for (const float weight : trainer.weights()) EXPECT_TRUE(std::isfinite(weight));
}

// Adam's first step is `rate` whatever the gradient's size; the second shows the clip.
TEST(Training, ClipsTheGradientByItsNorm) {
  const Samples<float> samples(small, 32, 1);
  const auto start = initial_weights<float>(small, 1);
  const auto after = [&](double clip) {
    TrainerOptions options;
    options.clip_norm = clip;
    Trainer<float> trainer(small, start, options);
    (void)trainer.epoch(samples.list);
    (void)trainer.epoch(samples.list);
    return bits(trainer.weights());
  };
  std::vector<float> gradient(start.size());
  (void)Trainer<float>(small, start, {}).gradient(samples.list, gradient);
  double norm = 0;
  for (const float g : gradient) norm += static_cast<double>(g) * static_cast<double>(g);
  norm = std::sqrt(norm);
  EXPECT_EQ(after(100 * norm), after(0));
  EXPECT_NE(after(1e-6 * norm), after(0));
}

// Three steps of Adam with weight decay, straight from the paper's Algorithm 1: m̂ = m / (1 − β1ᵗ),
// v̂ = v / (1 − β2ᵗ). Where v̂ is large against ε the form that is used agrees.
TEST(Training, StepsAsAdamDoes) {
  const Samples<double> samples(small, 8, 1);
  TrainerOptions options;
  options.clip_norm = 0;
  options.learning_rate = 0.02;
  options.weight_decay = 0.1;
  auto weights = initial_weights<double>(small, 1);
  Trainer<double> trainer(small, weights, options);
  Trainer<double> fixed(small, weights, options);
  std::vector<double> gradient(weights.size()), m(weights.size()), v(weights.size());
  for (int step = 1; step <= 3; ++step) {
    (void)trainer.epoch(samples.list);
    fixed.set_weights(weights);
    (void)fixed.gradient(samples.list, gradient);
    for (std::size_t j = 0; j < weights.size(); ++j) {
      m[j] = 0.9 * m[j] + 0.1 * gradient[j];
      v[j] = 0.999 * v[j] + 0.001 * gradient[j] * gradient[j];
      const double corrected = m[j] / (1 - std::pow(0.9, step));
      const double size = std::sqrt(v[j] / (1 - std::pow(0.999, step)));
      const double epsilon = 1e-7 / std::sqrt(1 - std::pow(0.999, step));
      weights[j] -= 0.02 * corrected / (size + epsilon) + 0.02 * 0.1 * weights[j];
    }
  }
  for (std::size_t j = 0; j < weights.size(); ++j) {
    EXPECT_NEAR(trainer.weights()[j], weights[j], 1e-10);
  }
}

TEST(Training, KeepsARunningMeanThatForgetsFasterAtTheStart) {
  const Sine sine(small, 64);
  TrainerOptions options;
  options.batch_size = 64;  // a step is an epoch
  Trainer<float> plain(small, initial_weights<float>(small, 1), options);
  options.averaging = 0.5;
  Trainer<float> averaging(small, initial_weights<float>(small, 1), options);
  const std::span<const Sample<float>> all(sine.samples);
  std::vector<double> mean(plain.weights().begin(), plain.weights().end());
  for (int step = 1; step <= 20; ++step) {
    (void)plain.epoch(all);
    (void)averaging.epoch(all);
    const double kept = std::min(0.5, step / (10.0 + step));
    for (std::size_t j = 0; j < mean.size(); ++j)
      mean[j] = kept * mean[j] + (1 - kept) * static_cast<double>(plain.weights()[j]);
  }
  EXPECT_EQ(bits(averaging.weights()), bits(plain.weights())) << "it changes no step";
  for (std::size_t j = 0; j < mean.size(); ++j) EXPECT_NEAR(averaging.averaged()[j], mean[j], 1e-5);
  Trainer<float> of_the_mean(small, initial_weights<float>(small, 1), options);
  of_the_mean.set_weights(averaging.averaged());
  EXPECT_EQ(averaging.evaluate_averaged(all), of_the_mean.evaluate(all));
  EXPECT_NE(averaging.evaluate_averaged(all), averaging.evaluate(all));
}

TEST(Training, ShufflesUnlessToldNotTo) {
  const Sine sine(small, 100);
  const auto after = [&](bool shuffle, std::uint64_t seed) {
    Trainer<float> trainer(small, initial_weights<float>(small, 1), {});
    (void)fit<float>(trainer, sine.samples, {}, {2, 0, shuffle, seed}, always);
    return bits(trainer.weights());
  };
  EXPECT_EQ(after(false, 1), after(false, 2));
  EXPECT_NE(after(true, 1), after(true, 2));
  EXPECT_NE(after(true, 1), after(false, 1));
}

TEST(WorkerPool, RunsEveryJobOnce) {
  for (const std::size_t threads : {1, 2, 4}) {
    WorkerPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    std::vector<int> runs(5);
    for (int round = 0; round < 2'000; ++round) {
      const auto count = static_cast<std::size_t>(round % 6);
      pool.run(count, [&](std::size_t j) { ++runs[j]; });
    }
    // Of the counts 0 … 5, those above j run job j: 2000 = 333 · 6 + 2.
    EXPECT_EQ(runs, (std::vector<int>{1'666, 1'332, 999, 666, 333}));
  }
}

TEST(WorkerPool, WakesWorkersThatSleep) {
  WorkerPool pool(2);
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::atomic<int> sum{0};
    pool.run(2, [&](std::size_t j) { sum += static_cast<int>(j) + 1; });
    EXPECT_EQ(sum, 3);
  }
}

}  // namespace
}  // namespace weir::lstm_model
