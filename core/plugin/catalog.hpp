// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What plugins say of themselves, for people and for editors.

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "core/plugin/description.hpp"

namespace weir::core {

/// A model as a pipeline sees it: its own options and, where it has none of the same name, those of
/// the harness that runs it; inputs and outputs are the harness's; presets and
/// details of both.
[[nodiscard]] NodeDescription merge_model(const NodeDescription& model,
                                          const NodeDescription& harness);

/// Keys that the engine takes on every node beside the plugin's own: plugin, inputs, preset, queue,
/// when_full, flush_interval, idle_timeout.
[[nodiscard]] const std::vector<OptionDescription>& engine_options();

/// `weir plugins show NAME`: 100 columns, no colour.
[[nodiscard]] std::string help_text(const NodeDescription& node);

/// A reference page.
[[nodiscard]] std::string markdown(const NodeDescription& node);

/// JSON Schema, draft 2020-12, of pipeline files that use these plugins. Models are to be merged
/// with the harness before. Every scalar may also be a text with `${…}`.
[[nodiscard]] nlohmann::json json_schema(std::span<const NodeDescription> nodes);

/// "integer", "list of string", "one of minmax, standard": for help and messages.
[[nodiscard]] std::string type_text(const OptionDescription& option);
/// "from 1 to 100", "at least 1s", "at most 64KiB"; empty: no limits.
[[nodiscard]] std::string range_text(const OptionDescription& option);
/// The default as a person would write it in YAML; empty: none.
[[nodiscard]] std::string default_text(const OptionDescription& option);

}  // namespace weir::core
