// SPDX-License-Identifier: Apache-2.0
// `${VAR}` and `${VAR:-default}` in the scalars of a tree.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/document.hpp"

namespace weir::core::config {

// Gives a variable's value, or nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The environment of this process.
[[nodiscard]] Environment process_environment();

// Replaces in every scalar (never in keys) `${VAR}` by the variable, `${VAR:-default}` by the
// default when the variable is unset or empty (a default may hold `${...}` again, four deep), `$$`
// by `$`. A `$` before anything else is itself. What was put in is not looked at again. Unset
// variables and bad forms are reported at their place, and the scalar is marked as reported. A
// scalar that changed keeps its former text as `original`.
void substitute(Node& root, const Environment& environment, Problems& problems);

// `environment` first, then the file `.env` of `folder`. The file is read at the first variable
// that the environment does not have, so that one which belongs to something else does no harm.
// What is wrong with it goes to `problems`, which must outlive the result.
[[nodiscard]] Environment with_dotenv(Environment environment, const std::filesystem::path& folder,
                                      Problems& problems);

// The lines `KEY=VALUE` of a .env text; `export ` before the key, quotes and comments are allowed.
// Problems name the line, but never show it: it may hold a secret.
[[nodiscard]] std::map<std::string, std::string> parse_dotenv(const std::string& file,
                                                              std::string_view bytes,
                                                              Problems& problems);

}  // namespace weir::core::config
