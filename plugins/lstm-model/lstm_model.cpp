// SPDX-License-Identifier: Apache-2.0
#include "lstm_model.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <weir/error.hpp>

#include "network/fit.hpp"
#include "network/initialise.hpp"
#include "network/trainer.hpp"

namespace weir::lstm_model {
namespace {

constexpr unsigned max_units = 4096;
constexpr double max_training_bytes = 4.0 * 1024 * 1024 * 1024;

Shape shape_for(const LstmModel::Options& options, const InputPlan& plan, std::size_t steps) {
  Shape shape{steps, plan.inputs(), {}, plan.horizon * plan.targets.size(), options.activation};
  for (const unsigned units : options.layers) {
    if (units < 1 || units > max_units) {
      throw Error("layers: " + std::to_string(units) + " units, but a layer has 1 to " +
                  std::to_string(max_units));
    }
    shape.units.push_back(units);
  }
  try {
    check(shape);
  } catch (const std::invalid_argument& impossible) {
    throw Error(impossible.what());
  }
  const double bytes = training_bytes<float>(shape, options.batch_size);
  if (bytes > max_training_bytes) {
    throw Error("training would take " + std::to_string(static_cast<long>(bytes / 1e6)) +
                " MB of memory; use fewer layers or units, a smaller batch_size or a shorter "
                "sequence_length");
  }
  return shape;
}

std::string number(std::size_t value) { return std::to_string(value); }

}  // namespace

void LstmModel::fit(const TrainingSet& set, Progress& progress) {
  if (set.train().empty()) {
    throw Error(
        "no training window: the training part needs at least sequence_length + horizon = " +
        number(set.sequence_length() + set.horizon()) + " rows without a missing value");
  }
  TrainedModel model;
  model.plan.features = set.features();
  model.plan.horizon = set.horizon();
  model.plan.targets.assign(set.targets().begin(), set.targets().end());
  model.plan.residual = options.residual;
  choose_units(model.plan, set);
  if (options.calendar) {
    const std::size_t end = set.train().back() + set.sequence_length();
    choose_calendar(model.plan, set.rows(), end, set.step());
  }
  model.shape = shape_for(options, model.plan, set.sequence_length());
  const Examples examples(model.plan, set);

  TrainerOptions training;
  training.loss = options.loss;
  training.batch_size = options.batch_size;
  training.learning_rate = options.learning_rate;
  training.weight_decay = options.weight_decay;
  training.clip_norm = options.clip_norm;
  // More threads than processors would take turns.
  training.threads =
      std::min<std::size_t>(options.threads, std::max(1U, std::thread::hardware_concurrency()));
  Trainer<float> trainer(model.shape, initial_weights<float>(model.shape, set.seed()), training);
  const bool validated = !examples.validation().empty();
  const FitResult result = lstm_model::fit<float>(
      trainer, examples.train(), examples.validation(),
      {options.epochs, options.patience, true, set.seed()}, [&](const EpochReport& now) {
        return progress.report(now.epoch, options.epochs, now.loss, now.best_loss,
                               validated ? std::optional(now.validation_loss) : std::nullopt);
      });
  if (result.last.best_epoch == 0) {
    throw Error("training diverged in epoch " + number(result.last.epoch) +
                " (no finite loss); lower learning_rate (now " +
                std::to_string(options.learning_rate) + "), set clip_norm or use activation tanh");
  }
  model.weights.assign(trainer.weights().begin(), trainer.weights().end());
  serve(std::move(model));
}

void LstmModel::serve(TrainedModel model) {
  predictor_.emplace(model.shape, model.weights);
  inputs_.resize(model.shape.steps * model.shape.features);
  model_.emplace(std::move(model));
}

Forecast LstmModel::predict(const Window& window) {
  if (!model_) throw Error("this LSTM was neither trained nor loaded");
  const auto& [shape, plan, weights] = *model_;
  const auto expect = [](const char* what, std::size_t given, std::size_t learned) {
    if (given != learned) {
      throw Error("the window has " + std::string(what) + " " + number(given) +
                  ", the model was trained with " + number(learned));
    }
  };
  expect("features", window.rows().features(), plan.features);
  expect("sequence_length", window.sequence_length(), shape.steps);
  expect("horizon", window.horizon(), plan.horizon);
  expect("targets", window.target_count(), plan.targets.size());
  const Rows& rows = window.rows();
  if (rows.size() < shape.steps) {
    throw Error("the window has " + number(rows.size()) + " rows, the model looks back " +
                number(shape.steps));
  }
  write_inputs(plan, rows, rows.size() - shape.steps, shape.steps, inputs_.data());
  return to_forecast(plan, predictor_->predict(inputs_), rows[rows.size() - 1]);
}

std::string LstmModel::save() const {
  if (!model_) throw Error("this LSTM was neither trained nor loaded");
  return to_bytes(*model_);
}

void LstmModel::load(std::string_view bytes) { serve(from_bytes(bytes)); }

}  // namespace weir::lstm_model
