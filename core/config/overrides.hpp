// SPDX-License-Identifier: Apache-2.0
// `--set node.option=value`: one option of one node, changed on the command line.
#pragma once

#include <string>
#include <vector>

#include "core/config/document.hpp"

namespace weir::core::config {

// Applies each argument to the tree, in order: `node.option=value` or `node.map.key=value`. A value
// that starts with [ { " or ' is read as YAML, anything else is the text itself (empty, `~` and
// `null` are null). The node must exist; options and maps on the way are made where missing. Places
// are those of the pseudo file `--set`, whose lines are the arguments.
void apply_overrides(Document& document, const std::vector<std::string>& arguments,
                     Problems& problems);

}  // namespace weir::core::config
