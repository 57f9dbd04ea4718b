// SPDX-License-Identifier: Apache-2.0
#pragma once
/// From the texts of a pipeline file to typed option values.

#include <optional>
#include <string>

#include "core/config/document.hpp"
#include "core/config/problem.hpp"
#include "core/graph/graph.hpp"

namespace weir::core {

/// The value as the option's type, within its limits; nullopt when a problem was reported. A text
/// with commas is a list where the option is one.
[[nodiscard]] std::optional<OptionValue> bind_value(const config::Node& value,
                                                    const OptionDescription& option,
                                                    config::Problems& problems);

/// Everything of a node's entry except `plugin` and `inputs`: preset, options, settings. Unknown
/// keys, missing required ones and deprecated ones are reported.
void bind_options(const config::Entry& entry, GraphNode& node, config::Problems& problems);

/// The same for the text of a JSON object that stands in no file, such as what a model gives to a
/// model that it is built of. Throws Fatal with all that is wrong.
[[nodiscard]] OptionValues options_from_json(const std::string& plugin,
                                             std::shared_ptr<const NodeDescription> description,
                                             const std::string& text);

}  // namespace weir::core
