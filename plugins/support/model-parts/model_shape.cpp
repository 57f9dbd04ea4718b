// SPDX-License-Identifier: Apache-2.0
#include "model_shape.hpp"

#include <string>
#include <weir/error.hpp>

namespace weir::model_parts {
namespace {

constexpr std::size_t most = 1'000'000;  // of anything that a shape counts

std::string number(std::size_t value) { return std::to_string(value); }

}  // namespace

ModelShape::ModelShape(const TrainingSet& set)
    : features(set.features()),
      sequence_length(set.sequence_length()),
      horizon(set.horizon()),
      targets(set.targets().begin(), set.targets().end()) {
  if (!set.train().empty()) return;
  throw Error("no training window: it takes sequence_length + horizon = " +
              number(sequence_length + horizon) +
              " rows in a row without a missing value in the training part; there are " +
              number(set.rows().size()) + " rows in all");
}

void ModelShape::check(const Window& window) const {
  if (targets.empty()) throw Error("this model was neither trained nor loaded");
  const auto expect = [](const char* what, std::size_t given, std::size_t learned) {
    if (given == learned) return;
    throw Error("the window has " + std::string(what) + " " + number(given) +
                ", the model was trained with " + number(learned));
  };
  expect("features", window.rows().features(), features);
  expect("sequence_length", window.sequence_length(), sequence_length);
  expect("horizon", window.horizon(), horizon);
  expect("targets", window.target_count(), targets.size());
  if (window.rows().size() >= sequence_length) return;
  throw Error("the window has " + number(window.rows().size()) + " rows, the model looks back " +
              number(sequence_length));
}

void ModelShape::put(BytesWriter& to) const {
  to.put_size(features);
  to.put_size(sequence_length);
  to.put_size(horizon);
  to.put_list(targets);
}

ModelShape ModelShape::take(BytesReader& from) {
  ModelShape shape;
  shape.features = from.take_size(most);
  shape.sequence_length = from.take_size(most);
  shape.horizon = from.take_size(most);
  shape.targets = from.take_list<std::uint32_t>();
  if (shape.sequence_length == 0 || shape.horizon == 0 || shape.targets.empty())
    from.refuse("name an empty shape");
  for (const std::uint32_t target : shape.targets) {
    if (target >= shape.features) from.refuse("name a target that is no feature");
  }
  return shape;
}

}  // namespace weir::model_parts
