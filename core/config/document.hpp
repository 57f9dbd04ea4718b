// SPDX-License-Identifier: Apache-2.0
// The neutral tree that YAML, INI and `--set` become: values as text, each with its place. What a
// text means (a number, a duration, a list) is decided later, by the option that it is given to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/problem.hpp"

namespace weir::core::config {

enum class Kind { kNull, kScalar, kList, kMap };

struct Entry;

struct Node {
  Kind kind = Kind::kNull;
  Place place;  // the value's first character; of a null, the key's place

  // Scalars. `text` is the value after quotes, escapes and substitution.
  std::string text;
  std::string original;   // the text before substitution; empty when nothing was substituted
  bool quoted = false;    // in quotes, or a YAML block text
  bool verbatim = false;  // `text` stands in the source as it is, from place.column (+1 if quoted)
  bool from_ini = false;  // INI knows no lists: a comma may separate elements

  // A problem with this value was reported already: say nothing more about it.
  bool reported = false;

  std::vector<Node> items;     // lists
  std::vector<Entry> entries;  // maps, in the order of the file; keys are unique

  [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::kList; }
  [[nodiscard]] bool is_map() const { return kind == Kind::kMap; }

  // The entry of a map, or null when there is none (or this is no map).
  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] Entry* find(std::string_view key);

  // What a message may print of a scalar: `${TOKEN}`, not what stands behind it.
  [[nodiscard]] const std::string& shown() const { return original.empty() ? text : original; }
};

struct Entry {
  std::string key;
  Place key_place;
  Node value;
};

// One pipeline file. `root` is null and `reported` when the file could not be used at all.
struct Document {
  std::string file;
  Node root;

  [[nodiscard]] bool usable() const { return root.is_map(); }
};

// "text", "a list", "a map", "nothing": for messages.
[[nodiscard]] const char* kind_name(Kind kind);

// The elements of a comma-separated scalar, for options that are lists: `a, b`, `"a, b", c`. Blanks
// round elements go; quotes protect commas ("..." with \" \\ \n \r \t; '...' with ''). An empty
// text is an empty list. Each element has its own place where the text stands verbatim in the
// source, else the scalar's. Empty elements and quotes that do not close are reported.
[[nodiscard]] std::vector<Node> split_list(const Node& scalar, Problems& problems);

// Whether two trees say the same. Places, quotes and order of map entries do not count; a list
// equals the comma-separated INI scalar that split_list turns into it.
[[nodiscard]] bool equal_content(const Node& a, const Node& b);

}  // namespace weir::core::config
