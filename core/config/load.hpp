// SPDX-License-Identifier: Apache-2.0
// A pipeline file from disk, complete: parsed, overridden, substituted.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/substitution.hpp"

namespace weir::core::config {

struct Loaded {
  Document document;
  Problems problems;
};

// Reads `path` (.yaml, .yml or .ini), applies the `--set` arguments, then substitutes variables
// from `environment` and, for those it does not have, from `.env` beside the file. Never throws for
// bad input: everything that is wrong is in `problems`. If `document.usable()` is false there is
// nothing further to check; if it is true, check on even when there are errors, so that all are
// found at once.
[[nodiscard]] Loaded load_pipeline_file(const std::filesystem::path& path,
                                        const Environment& environment,
                                        const std::vector<std::string>& overrides = {});

// The same for a text in memory; `file` names it in messages and its extension picks the notation.
// No `.env`.
[[nodiscard]] Loaded load_pipeline_text(const std::string& file, std::string_view bytes,
                                        const Environment& environment,
                                        const std::vector<std::string>& overrides = {});

}  // namespace weir::core::config
