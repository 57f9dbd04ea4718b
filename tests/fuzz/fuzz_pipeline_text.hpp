// SPDX-License-Identifier: Apache-2.0
// What must hold for any text that is taken for a pipeline file.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/load.hpp"

namespace weir::core::config {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// Splits every text as a list would be, and checks what the tree promises.
inline void walk(const Node& node, const std::string& file, int depth) {
  require(depth <= 33);
  require(node.place.length >= 1);
  require(node.place.file == file || node.place.file == "--set");
  if (node.is_scalar()) {
    Problems problems;
    for (const Node& element : split_list(node, problems)) require(element.place.column >= 0);
  }
  for (const Node& item : node.items) walk(item, file, depth + 1);
  for (const Entry& entry : node.entries) {
    require(!entry.key.empty());
    require(node.find(entry.key) == &entry);  // keys are unique
    require(entry.key_place.line >= 1 && entry.key_place.column >= 1);
    walk(entry.value, file, depth + 1);
  }
}

// Loads the text, with its first line as a `--set` argument too; the result must be sound or
// explained.
inline void fuzz_pipeline_text(const std::string& file, std::string_view text) {
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "A") return "value, $$ ${A}";
    return std::nullopt;
  };
  const std::string set = "ping." + std::string(text.substr(0, text.find('\n')));
  for (const auto& overrides : {std::vector<std::string>{}, std::vector<std::string>{set}}) {
    const Loaded loaded = load_pipeline_text(file, text, environment, overrides);
    require(loaded.document.usable() || loaded.problems.has_errors());
    walk(loaded.document.root, file, 1);
    for (const Problem& problem : loaded.problems.all()) {
      require(!problem.message.empty());
      require(problem.place.line >= 0 && problem.place.column >= 0 && problem.place.length >= 1);
    }
    (void)loaded.problems.render(true);
    require(equal_content(loaded.document.root, loaded.document.root));
  }
}

}  // namespace weir::core::config
