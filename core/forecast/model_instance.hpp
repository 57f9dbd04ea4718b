// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A model as the harness sees it, and the one whose plugin is loaded into this process.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/option_values.hpp"
#include "weir/abi.h"

namespace weir::core {

/// One call at a time, on any thread. Every call may throw Error, RetryLater, Fatal or
/// CrashedTooOften.
class ModelInstance {
 public:
  /// Is told of each epoch; false stops the learning, and the best so far is kept.
  using Report = std::function<bool(const weir_epoch&)>;

  ModelInstance() = default;
  ModelInstance(const ModelInstance&) = delete;
  ModelInstance& operator=(const ModelInstance&) = delete;
  virtual ~ModelInstance() = default;

  virtual void fit(const weir_training_set& set, const Report& report) = 0;
  /// horizon x target_count scaled values. Error if one of them is not finite.
  [[nodiscard]] virtual std::vector<double> predict(const weir_window& window) = 0;
  [[nodiscard]] virtual std::string save() = 0;
  virtual void load(std::string_view bytes) = 0;
  /// Its learning in the background is over; what comes now are calls of the run.
  virtual void serve() {}
};

/// Behind the C boundary, with exceptions in place of statuses.
class PluginModel final : public ModelInstance {
 public:
  /// `type` is of kind model and answers to weir.model/1, else Fatal. `host` must outlive this.
  PluginModel(const weir_node_type& type, const weir_host& host, const std::string& name,
              const OptionValues& options);
  ~PluginModel() override;

  void fit(const weir_training_set& set, const Report& report) override;
  [[nodiscard]] std::vector<double> predict(const weir_window& window) override;
  [[nodiscard]] std::string save() override;
  void load(std::string_view bytes) override;

  /// The two sides of the C boundary, for handing this model to another (weir.models/1).
  [[nodiscard]] const weir_model& calls() const { return *model_; }
  [[nodiscard]] void* node() const { return node_; }

 private:
  const weir_node_type& type_;
  const weir_model* model_ = nullptr;
  void* node_ = nullptr;
};

/// Throws Error where one of the values is not finite.
void check_finite(const std::vector<double>& forecast);

}  // namespace weir::core
