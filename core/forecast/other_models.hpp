// SPDX-License-Identifier: Apache-2.0
#pragma once
/// weir.models/1: models that a model asks for, by the name of their plugin.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/forecast/model_instance.hpp"
#include "core/plugin/registry.hpp"
#include "weir/abi.h"

namespace weir::core {

struct FoundModel {
  const weir_node_type* type = nullptr;  ///< never null
  std::filesystem::path library;
  OptionValues options;
};

/// The model of `plugin` with options from the text of a JSON object. Throws Fatal. Any thread.
using ModelFinder =
    std::function<FoundModel(const std::string& plugin, const std::string& options)>;

/// Libraries are loaded when they are first asked for. `plugins` must outlive what is returned. It
/// is not made for several threads, and nodes start at the same time: who else uses it holds
/// `loading`.
[[nodiscard]] ModelFinder model_finder(
    PluginLookup& plugins, std::shared_ptr<std::mutex> loading = std::make_shared<std::mutex>());

/// The host of one node with weir.models/1 added. Must outlive the models that it makes.
class HostWithModels {
 public:
  HostWithModels(const weir_host& host, ModelFinder finder);
  HostWithModels(const HostWithModels&) = delete;
  HostWithModels& operator=(const HostWithModels&) = delete;

  [[nodiscard]] const weir_host& host() const { return extended_; }

 private:
  weir_status create(const char* plugin, const char* options, void** model,
                     const weir_model** calls, weir_error* error);
  void destroy(void* model);

  const weir_host& plain_;
  ModelFinder finder_;
  weir_host extended_{};
  weir_models models_{};
  std::mutex mutex_;
  std::map<void*, std::unique_ptr<PluginModel>> made_;  // by the plugin's node
};

}  // namespace weir::core
