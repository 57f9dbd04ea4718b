// SPDX-License-Identifier: Apache-2.0
#include "booster.hpp"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <weir/error.hpp>

namespace weir::boosted_trees_model {
namespace {

void check(int status) {
  if (status == 0) return;
  // The first line says it; a stack trace may follow.
  const std::string message = XGBGetLastError();
  throw Error("xgboost: " + message.substr(0, message.find('\n')));
}

struct FreeMatrix {
  void operator()(void* matrix) const { XGDMatrixFree(matrix); }
};
struct FreeBooster {
  void operator()(void* booster) const { XGBoosterFree(booster); }
};
using Matrix = std::unique_ptr<void, FreeMatrix>;
using Booster = std::unique_ptr<void, FreeBooster>;

Matrix matrix_of(const Table& table, unsigned threads) {
  DMatrixHandle handle = nullptr;
  const std::size_t samples = table.truths.size();
  check(XGDMatrixCreateFromMat_omp(table.inputs.data(), samples, table.width,
                                   std::numeric_limits<float>::quiet_NaN(), &handle,
                                   static_cast<int>(threads)));
  Matrix matrix(handle);
  check(XGDMatrixSetFloatInfo(handle, "label", table.truths.data(), samples));
  return matrix;
}

Booster booster_of(const Matrix& train, const Matrix& validation, const BoosterSettings& settings,
                   float base) {
  // Both are known to the booster, so that it keeps its predictions of them from round to round.
  DMatrixHandle const known[] = {train.get(), validation.get()};
  BoosterHandle handle = nullptr;
  check(XGBoosterCreate(known, validation == nullptr ? 1 : 2, &handle));
  Booster booster(handle);
  const auto set = [&](const char* name, const std::string& value) {
    check(XGBoosterSetParam(handle, name, value.c_str()));
  };
  set("verbosity", "0");                 // standard output belongs to the pipeline
  set("objective", "reg:squarederror");  // only named: the gradients are ours
  set("base_score", std::to_string(base));
  set("tree_method", "hist");
  set("max_bin", "128");
  set("max_depth", std::to_string(settings.depth));
  set("eta", std::to_string(settings.learning_rate));
  set("min_child_weight", std::to_string(settings.min_samples));
  set("subsample", std::to_string(settings.row_share));
  set("colsample_bytree", std::to_string(settings.input_share));
  set("num_parallel_tree", std::to_string(settings.trees));  // eta is divided by it
  set("nthread", std::to_string(settings.threads));
  set("seed", std::to_string(settings.seed % 0x7fffffffU));
  return booster;
}

/// What the trees so far say of the samples; valid until the next call.
std::span<const float> predictions_of(const Booster& booster, const Matrix& matrix,
                                      std::size_t samples) {
  constexpr auto config =
      R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0,
          "strict_shape": false})";
  bst_ulong const* shape = nullptr;
  bst_ulong dimensions = 0;
  float const* values = nullptr;
  check(XGBoosterPredictFromDMatrix(booster.get(), matrix.get(), config, &shape, &dimensions,
                                    &values));
  return {values, samples};
}

double error_of(std::span<const float> predictions, const Table& table) {
  double sum = 0;
  for (std::size_t i = 0; i < table.truths.size(); ++i)
    sum += std::abs(static_cast<double>(predictions[i]) - static_cast<double>(table.truths[i]));
  return sum / static_cast<double>(table.truths.size());
}

/// Gradient and curvature of the squares whose minimum is the absolute error's: sample i weighs
/// 1 / |residual i| (Schlossmacher 1973). xgboost 1.7 has an objective for the absolute error, but
/// its leaves are whole medians, whatever the learning rate: it learns by heart in a few rounds.
struct Curve {
  std::vector<float> gradient;
  std::vector<float> curvature;

  void bend(std::span<const float> predictions, const Table& table, double mean_error) {
    constexpr double smallest = 0.1;  // of the mean error: no sample weighs all
    const std::size_t samples = table.truths.size();
    gradient.resize(samples);
    curvature.resize(samples);
    double sum = 0;
    for (std::size_t i = 0; i < samples; ++i) {
      const double residual = double{predictions[i]} - double{table.truths[i]};
      const double weight = 1 / std::max({std::abs(residual), smallest * mean_error, 1e-12});
      gradient[i] = static_cast<float>(residual * weight);
      curvature[i] = static_cast<float>(weight);
      sum += weight;
    }
    // On average 1, so that the least weight of a leaf is a number of samples.
    const auto scale = static_cast<float>(static_cast<double>(samples) / sum);
    for (std::size_t i = 0; i < samples; ++i) {
      gradient[i] *= scale;
      curvature[i] *= scale;
    }
  }
};

float median_of(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// xgboost writes a number as a number or, in its list of parameters, as a text.
float number(const nlohmann::json& value) {
  return value.is_string() ? std::stof(value.get<std::string>()) : value.get<float>();
}

bool truth(const nlohmann::json& value) {
  return value.is_boolean() ? value.get<bool>() : value.get<int>() != 0;
}

/// Adds a tree; xgboost numbers its nodes so that children come after their parents, but prunes:
/// so they are numbered anew, on the way down.
void add_tree(const nlohmann::json& tree, Trees& to) {
  const auto& left = tree.at("left_children");
  const auto& right = tree.at("right_children");
  const auto& inputs = tree.at("split_indices");
  const auto& numbers = tree.at("split_conditions");
  const auto& missing_left = tree.at("default_left");
  to.roots.push_back(static_cast<std::uint32_t>(to.nodes.size()));
  struct Place {
    std::size_t given;  // index in the tree
    std::size_t made;   // index in `to`
  };
  std::vector<Place> open{{0, to.nodes.size()}};
  to.nodes.emplace_back();
  while (!open.empty()) {
    const auto [given, made] = open.back();
    open.pop_back();
    to.nodes[made].number = number(numbers.at(given));
    const int child = left.at(given).get<int>();
    if (child < 0) continue;
    to.nodes[made].input = inputs.at(given).get<std::int32_t>();
    to.nodes[made].missing_left = truth(missing_left.at(given));
    to.nodes[made].left = static_cast<std::uint32_t>(to.nodes.size());
    to.nodes[made].right = to.nodes[made].left + 1;
    open.push_back({static_cast<std::size_t>(child), to.nodes.size()});
    open.push_back({static_cast<std::size_t>(right.at(given).get<int>()), to.nodes.size() + 1});
    to.nodes.resize(to.nodes.size() + 2);
  }
}

Trees trees_of(const Booster& booster, std::size_t count) {
  bst_ulong length = 0;
  char const* text = nullptr;
  check(XGBoosterSaveModelToBuffer(booster.get(), R"({"format": "json"})", &length, &text));
  Trees trees;
  try {
    const auto model = nlohmann::json::parse(text, text + length);
    const auto& learner = model.at("learner");
    trees.base = number(learner.at("learner_model_param").at("base_score"));
    const auto& grown = learner.at("gradient_booster").at("model").at("trees");
    for (std::size_t i = 0; i < std::min<std::size_t>(count, grown.size()); ++i)
      add_tree(grown.at(i), trees);
  } catch (const nlohmann::json::exception& unknown) {
    throw Error("this version of xgboost writes its trees in an unknown form: " +
                std::string(unknown.what()));
  }
  return trees;
}

}  // namespace

Boosted boost(const Table& train, const Table& validation, const BoosterSettings& settings,
              const std::function<bool(const RoundReport&)>& report) {
  const Matrix matrix = matrix_of(train, settings.threads);
  const bool validated = !validation.truths.empty();
  const Matrix judge = validated ? matrix_of(validation, settings.threads) : nullptr;
  const Booster booster = booster_of(matrix, judge, settings, median_of(train.truths));
  RoundReport now;
  now.best_error = std::numeric_limits<double>::infinity();
  now.validation_error = std::numeric_limits<double>::quiet_NaN();
  now.error = error_of(predictions_of(booster, matrix, train.truths.size()), train);
  unsigned best_round = 0;
  Curve curve;
  for (now.round = 1; now.round <= settings.rounds; ++now.round) {
    curve.bend(predictions_of(booster, matrix, train.truths.size()), train, now.error);
    check(XGBoosterBoostOneIter(booster.get(), matrix.get(), curve.gradient.data(),
                                curve.curvature.data(), train.truths.size()));
    now.error = error_of(predictions_of(booster, matrix, train.truths.size()), train);
    if (validated) {
      now.validation_error =
          error_of(predictions_of(booster, judge, validation.truths.size()), validation);
    }
    const double judged = validated ? now.validation_error : now.error;
    if (!validated || judged < now.best_error) {
      now.best_error = judged;
      best_round = now.round;
    }
    if (!report(now)) break;
    if (validated && settings.patience > 0 && now.round - best_round >= settings.patience) break;
  }
  return {trees_of(booster, std::size_t{best_round} * settings.trees), best_round, now.best_error};
}

}  // namespace weir::boosted_trees_model
