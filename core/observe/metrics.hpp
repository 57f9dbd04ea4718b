// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A run as Prometheus reads it.

#include <string>

#include "core/observe/run_view.hpp"

namespace weir::core::observe {

/// The media type of metrics_text (text format 0.0.4).
inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// Labels are the names of the pipeline, its nodes, states and the nodes' counters, never a value
/// from data or from an option. Of a node's own counters the first 64 by name are shown: a plugin
/// that names counters by what it measures would grow a store without end.
[[nodiscard]] std::string metrics_text(const RunView& view);

}  // namespace weir::core::observe
