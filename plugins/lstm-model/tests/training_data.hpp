// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>
#include <weir/model.hpp>

namespace weir::lstm_model::test {

/// What the engine's harness would hand over: rows, windows in order, 80 % to train.
struct TrainingData {
  std::vector<double> values;
  std::vector<std::int64_t> times;
  std::vector<const char*> names;
  std::vector<double> scale, offset;
  std::vector<std::uint32_t> targets;
  std::vector<std::uint64_t> train, validation;
  weir_training_set set{};
  weir_window window{};

  TrainingData(std::size_t rows, std::size_t features, std::vector<std::uint32_t> wanted,
               std::uint32_t steps, std::uint32_t horizon, std::int64_t step_ns,
               const std::function<double(std::size_t, std::size_t)>& value)
      : names(features, "feature"),
        scale(features, 1),
        offset(features, 0),
        targets(std::move(wanted)) {
    for (std::size_t row = 0; row < rows; ++row) {
      times.push_back(static_cast<std::int64_t>(row) * step_ns);
      for (std::size_t feature = 0; feature < features; ++feature) {
        values.push_back(value(row, feature));
      }
    }
    const std::size_t windows = rows - steps - horizon + 1;
    for (std::size_t w = 0; w < windows; ++w)
      (w < windows * 4 / 5 ? train : validation).push_back(w);
    set.size = sizeof set;
    set.features = static_cast<std::uint32_t>(features);
    set.rows = rows;
    set.values = values.data();
    set.times = times.data();
    set.feature_names = names.data();
    set.scale = scale.data();
    set.offset = offset.data();
    set.targets = targets.data();
    set.target_count = static_cast<std::uint32_t>(targets.size());
    set.sequence_length = steps;
    set.horizon = horizon;
    set.train = train.data();
    set.train_count = train.size();
    set.validation = validation.data();
    set.validation_count = validation.size();
    set.step = step_ns;
    set.seed = 1;
    window.size = sizeof window;
    window.features = set.features;
    window.values = values.data();
    window.times = times.data();
    window.sequence_length = steps;
    window.horizon = horizon;
    window.target_count = set.target_count;
    window.step = step_ns;
    window.rows = rows - horizon;
  }
  TrainingData(const TrainingData&) = delete;
  TrainingData& operator=(const TrainingData&) = delete;
};

/// Listens to a training; answers false from epoch `stop_at` on.
struct Listener {
  std::uint64_t stop_at = ~std::uint64_t{0};
  std::vector<weir_epoch> epochs{};
  weir_progress progress{sizeof(weir_progress), 0, this,
                         [](void* self, const weir_epoch* epoch) -> std::int32_t {
                           auto& me = *static_cast<Listener*>(self);
                           me.epochs.push_back(*epoch);
                           return epoch->epoch < me.stop_at ? 1 : 0;
                         }};
};

}  // namespace weir::lstm_model::test
