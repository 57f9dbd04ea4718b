// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A model plugin's object behind the C boundary, with exceptions in place of statuses.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/option_values.hpp"
#include "weir/abi.h"

namespace weir::core {

class ModelInstance {
 public:
  /// `type` is of kind model and answers to weir.model/1, else Fatal. `host` must outlive this.
  ModelInstance(const weir_node_type& type, const weir_host& host, const std::string& name,
                const OptionValues& options);
  ModelInstance(const ModelInstance&) = delete;
  ModelInstance& operator=(const ModelInstance&) = delete;
  ~ModelInstance();

  /// `report` is told of each epoch; false stops the learning, and the best so far is kept.
  void fit(const weir_training_set& set, const std::function<bool(const weir_epoch&)>& report);
  /// horizon x target_count scaled values. Error if one of them is not finite.
  [[nodiscard]] std::vector<double> predict(const weir_window& window);
  [[nodiscard]] std::string save();
  void load(std::string_view bytes);

  /// The two sides of the C boundary, for handing this model to another (weir.models/1).
  [[nodiscard]] const weir_model& calls() const { return *model_; }
  [[nodiscard]] void* node() const { return node_; }

 private:
  const weir_node_type& type_;
  const weir_model* model_ = nullptr;
  void* node_ = nullptr;
};

}  // namespace weir::core
