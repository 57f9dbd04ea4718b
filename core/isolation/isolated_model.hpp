// SPDX-License-Identifier: Apache-2.0
#pragma once
/// `isolation: process` on a model: its plugin learns and forecasts in a process of its own, the
/// harness stays in the engine with all that it holds.

#include <memory>
#include <mutex>

#include "core/forecast/model_instance.hpp"
#include "core/forecast/other_models.hpp"
#include "core/graph/graph.hpp"
#include "core/isolation/isolated_node.hpp"
#include "core/plugin/crash_window.hpp"
#include "weir/abi.h"

namespace weir::core {

/// Of all models of one node: the one that serves and the one that learns beside it.
class ModelCrashes {
 public:
  /// As CrashWindow::add.
  [[nodiscard]] bool add(Duration now) {
    const std::lock_guard lock(mutex_);
    return window_.add(now);
  }

 private:
  std::mutex mutex_;
  CrashWindow window_;
};

/// Starts the process and makes the model in it. `node` has a library and its type; `host` must
/// outlive the model. `finder` finds the models that this one asks for.
///
/// A crash, or a call that takes longer than `call_limit` (of a fit: without an epoch), is healed
/// here: a new process loads what the model held and does the call again, and the log says so. The
/// third crash within a minute or within one call throws CrashedTooOften; a crash while the run
/// stops throws Error. Where there is no room for a process now: RetryLater.
[[nodiscard]] std::unique_ptr<ModelInstance> create_isolated_model(
    const GraphNode& node, const weir_host& host, ModelFinder finder,
    std::shared_ptr<ModelCrashes> crashes, KeptByKey kept = {},
    const IsolationSettings& settings = {});

}  // namespace weir::core
