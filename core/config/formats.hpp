// SPDX-License-Identifier: Apache-2.0
// The two notations of a pipeline file. Both give one tree; both report all that they can and never
// throw for bad input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/config/document.hpp"

namespace weir::core::config {

// YAML 1.2, one document. Refused: anchors and aliases, tags, duplicate and non-text keys, more
// than 32 levels, 100 000 values or 1 MiB, NUL and other control characters, invalid UTF-8. The
// source is added to `problems`.
[[nodiscard]] Document parse_yaml(const std::string& file, std::string_view bytes,
                                  Problems& problems);

// INI:
//
//   description = Watch one resolver   ; top-level keys stand before the first section
//   [ping]                             # a section is a node
//   plugin = icmp-source
//   targets = 8.8.8.8, 1.1.1.1         # a list, if the option is one
//   buffer.type = disk                 # a map
//
// A comment starts a line or follows a blank. A value stands on one line; "..." (escapes \" \\ \n
// \r \t) and '...' ('' is a quote) protect blanks, commas and comment signs. An empty value, `null`
// and `~` are null, as in YAML. The tree is that of the YAML form: {description: ..., nodes: {ping:
// {...}}}. Limits as for YAML.
[[nodiscard]] Document parse_ini(const std::string& file, std::string_view bytes,
                                 Problems& problems);

// One YAML value that starts at `column` of line `line` of `file` (whose source the caller has
// added), such as the value of a `--set`. nullopt when it was refused.
[[nodiscard]] std::optional<Node> parse_yaml_value(const std::string& file, int line, int column,
                                                   std::string_view value, Problems& problems);

}  // namespace weir::core::config
