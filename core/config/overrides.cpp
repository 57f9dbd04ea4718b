// SPDX-License-Identifier: Apache-2.0
#include "core/config/overrides.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/config/formats.hpp"
#include "core/config/text.hpp"

namespace weir::core::config {
namespace {

const char* const kFile = "--set";
const char* const kExample = "write node.option=value, as in ping.interval=2s";

std::vector<std::string> keys_of(const Node& map) {
  std::vector<std::string> keys;
  for (const Entry& entry : map.entries) keys.push_back(entry.key);
  return keys;
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 8;
  std::string out = "nodes of this file: ";
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i)
    out += (i > 0 ? ", " : "") + names[i];
  return names.empty() ? "this file has no nodes" : out + (names.size() > kShown ? ", ..." : "");
}

// Lists and maps inside one another; a text has none.
std::size_t levels_of(const Node& node) {
  std::size_t inside = 0;
  for (const Node& item : node.items) inside = std::max(inside, levels_of(item));
  for (const Entry& entry : node.entries) inside = std::max(inside, levels_of(entry.value));
  return inside + (node.is_list() || node.is_map() ? 1 : 0);
}

class Override {
 public:
  Override(Document& document, const std::string& argument, int line, Problems& problems)
      : document_(document), argument_(argument), line_(line), problems_(problems) {}

  void apply() {
    if (!is_valid_utf8(argument_) || has_control(argument_)) {
      problems_.error(place_of(argument_), "this is not plain UTF-8 text", kExample);
      return;
    }
    const auto equals = argument_.find('=');
    const std::vector<std::string_view> path =
        split_path(std::string_view(argument_).substr(0, equals));
    if (equals == std::string::npos || path.size() < 2 || has_empty(path)) {
      problems_.error(place_of(argument_), "this names no option of a node", kExample);
      return;
    }
    std::optional<Node> value = read_value(equals + 1);
    if (!value) return;
    // Above the value stand the root, the nodes, the node and the maps on the way.
    if (path.size() + 1 + levels_of(*value) > static_cast<std::size_t>(kMaxDepth)) {
      problems_.error(place_of(argument_), "this is nested deeper than 32 levels",
                      "a pipeline needs about five");
      return;
    }
    Node* map = find_node(path.front());
    for (std::size_t i = 1; map != nullptr && i + 1 < path.size(); ++i) map = enter(*map, path[i]);
    if (map == nullptr) return;
    put(*map, path.back(), std::move(*value));
  }

 private:
  static std::vector<std::string_view> split_path(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
      const auto dot = text.find('.');
      parts.push_back(trim(text.substr(0, dot)));
      if (dot == std::string_view::npos) return parts;
      text.remove_prefix(dot + 1);
    }
  }

  static bool has_empty(const std::vector<std::string_view>& parts) {
    return std::any_of(parts.begin(), parts.end(), [](auto part) { return part.empty(); });
  }

  static bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
      const auto code = static_cast<unsigned char>(c);
      return (code < 0x20 && c != '\t' && c != '\n') || code == 0x7F;
    });
  }

  // `piece` points into the argument.
  Place place_of(std::string_view piece) const {
    const auto offset = static_cast<std::size_t>(piece.data() - argument_.data());
    const auto before = count_characters(std::string_view(argument_).substr(0, offset));
    const auto length = std::max<std::size_t>(1, count_characters(piece));
    return {kFile, line_, static_cast<int>(before) + 1, static_cast<int>(length)};
  }

  Node* find_node(std::string_view name) {
    Entry* nodes = document_.root.find("nodes");
    if (nodes == nullptr || !nodes->value.is_map()) {
      problems_.error(place_of(name), "this file has no nodes to set options of",
                      "remove this --set, or add 'nodes:' to the file");
      return nullptr;
    }
    if (Entry* node = nodes->value.find(name)) return as_map(*node, name);
    const std::vector<std::string> known = keys_of(nodes->value);
    problems_.error(place_of(name), "there is no node '" + std::string(name) + "'",
                    did_you_mean(name, known, list_of(known)));
    return nullptr;
  }

  Node* enter(Node& map, std::string_view key) {
    if (Entry* known = map.find(key)) return as_map(*known, key);
    Node made;
    made.place = place_of(key);
    made.kind = Kind::kMap;
    put(map, key, std::move(made));
    return &map.entries.back().value;
  }

  // The entry's map, where it is one or is still empty.
  Node* as_map(Entry& entry, std::string_view name) {
    if (entry.value.is_null() && !entry.value.reported) entry.value.kind = Kind::kMap;
    if (entry.value.is_map()) return &entry.value;
    problems_.error(place_of(name), "'" + entry.key + "' is no map, so nothing in it can be set",
                    "it is " + std::string(kind_name(entry.value.kind)) + " in line " +
                        std::to_string(entry.value.place.line) + " of the file");
    return nullptr;
  }

  std::optional<Node> read_value(std::size_t offset) {
    const std::string_view text = std::string_view(argument_).substr(offset);
    const Place place = place_of(text);
    const std::string_view trimmed = trim(text);
    if (!trimmed.empty() && std::string_view("[{\"'").find(trimmed.front()) != std::string::npos) {
      return parse_yaml_value(kFile, line_, place.column, text, problems_);
    }
    Node node;
    node.place = place;
    if (trimmed.empty() || trimmed == "~" || trimmed == "null") return node;
    node.kind = Kind::kScalar;
    node.text = text;
    node.verbatim = text.find('\n') == std::string_view::npos;
    return node;
  }

  void put(Node& map, std::string_view key, Node value) {
    if (Entry* known = map.find(key)) {
      known->key_place = place_of(key);
      known->value = std::move(value);
    } else {
      map.entries.push_back({std::string(key), place_of(key), std::move(value)});
    }
  }

  Document& document_;
  const std::string& argument_;
  int line_;
  Problems& problems_;
};

}  // namespace

void apply_overrides(Document& document, const std::vector<std::string>& arguments,
                     Problems& problems) {
  if (arguments.empty()) return;
  std::string source;
  for (const std::string& argument : arguments) {
    std::string line = argument;
    std::replace(line.begin(), line.end(), '\n', ' ');  // one argument, one line
    source += line + '\n';
  }
  problems.add_source(kFile, std::move(source));
  int line = 0;
  for (const std::string& argument : arguments) {
    Override(document, argument, ++line, problems).apply();
  }
}

}  // namespace weir::core::config
