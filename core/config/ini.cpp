// SPDX-License-Identifier: Apache-2.0
// Our own parser: no INI library in Debian gives positions.
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "core/config/formats.hpp"
#include "core/config/quotes.hpp"
#include "core/config/text.hpp"

namespace weir::core::config {
namespace {

// The tree while it grows: like Node, but with an index, since a section may have many keys.
struct Branch {
  std::string key;
  Place key_place;
  Node leaf;
  bool is_map = false;
  std::vector<std::unique_ptr<Branch>> children;
  std::map<std::string, Branch*, std::less<>> index;

  Branch& add(std::string name, Place place) {
    children.push_back(std::make_unique<Branch>());
    Branch& child = *children.back();
    child.key = name;
    child.key_place = std::move(place);
    index.emplace(std::move(name), &child);
    return child;
  }
  [[nodiscard]] Branch* find(std::string_view name) const {
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
  }
};

Node to_node(Branch& branch) {
  if (!branch.is_map) return std::move(branch.leaf);
  Node node;
  node.kind = Kind::kMap;
  node.place = branch.key_place;
  for (const auto& child : branch.children) {
    Node value = to_node(*child);
    node.entries.push_back({std::move(child->key), std::move(child->key_place), std::move(value)});
  }
  return node;
}

std::string line_and_column(const Place& place) {
  return "line " + std::to_string(place.line) + ", column " + std::to_string(place.column);
}

bool is_comment(char c) { return c == ';' || c == '#'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The text up to a comment: a comment sign after a blank, outside a quoted element.
std::string_view without_comment(std::string_view text) {
  bool element_starts = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_comment(c) && (at == 0 || is_blank(text[at - 1]))) return trim(text.substr(0, at));
    if (element_starts && is_quote(c)) {
      const std::optional<Quoted> quoted = read_quoted(text.substr(at));
      if (!quoted) break;
      at += quoted->size - 1;
    }
    element_starts = c == ',' || (element_starts && is_blank(c));
  }
  return trim(text);
}

class IniParser {
 public:
  IniParser(const std::string& file, std::string_view text, Problems& problems)
      : text_(text), positions_(file, text), problems_(problems) {
    root_.is_map = true;
    root_.key_place = {file, 1, 1, 1};
    section_ = &root_;
  }

  Node parse() {
    std::size_t start = 0;
    while (start < text_.size() && lines_ <= kMaxValues) {
      const auto end = std::min(text_.find('\n', start), text_.size());
      read_line(trim(text_.substr(start, end - start)));
      start = end + 1;
    }
    return to_node(root_);
  }

 private:
  Place place_of(std::string_view piece) {
    return positions_.at(static_cast<std::size_t>(piece.data() - text_.data()),
                         count_characters(piece));
  }

  void read_line(std::string_view line) {
    if (line.empty() || is_comment(line.front())) return;
    if (++lines_ > kMaxValues) {
      problems_.error(place_of(line), "this file has more than 100000 values",
                      "give long data its own file and name that");
    } else if (line.front() == '[') {
      read_section(line);
    } else {
      read_assignment(line);
    }
  }

  void read_section(std::string_view line) {
    section_ = nullptr;  // keys of a refused section are read, but go nowhere
    const auto end = line.find(']');
    if (end == std::string_view::npos) {
      problems_.error(place_of(line.substr(0, 1)), "this '[' is not closed", "write [name]");
      return;
    }
    const std::string_view rest = without_comment(line.substr(end + 1));
    if (!rest.empty()) {
      problems_.error(place_of(rest), "text follows the section's name",
                      "put it on a line of its own");
    }
    const std::string_view name = trim(line.substr(1, end - 1));
    if (name.empty()) {
      problems_.error(place_of(line.substr(0, end + 1)), "a section needs a name",
                      "write the name of a node, as in [ping]");
      return;
    }
    open_section(name);
  }

  void open_section(std::string_view name) {
    const Place place = place_of(name);
    Branch* nodes = root_.find("nodes");
    if (nodes == nullptr) nodes = &root_.add("nodes", place);
    nodes->is_map = true;
    if (const Branch* known = nodes->find(name)) {
      problems_.error(place, "the section '" + std::string(name) + "' stands here a second time",
                      "the first is in " + line_and_column(known->key_place) + "; join them");
      return;
    }
    section_ = &nodes->add(std::string(name), place);
    section_->is_map = true;
  }

  void read_assignment(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
      const bool looks_like_yaml = line.find(": ") != std::string_view::npos || line.back() == ':';
      problems_.error(place_of(line), "this line is neither '[section]' nor 'key = value'",
                      looks_like_yaml ? "this looks like YAML: name the file .yaml"
                                      : "a value stands on one line with its key");
      return;
    }
    const std::string_view key = trim(line.substr(0, equals));
    if (key.empty()) {
      problems_.error(place_of(line.substr(0, 1)), "a key is missing before '='",
                      "write key = value");
      return;
    }
    Node value = read_value(line.substr(equals + 1), key);
    store(key, std::move(value));
  }

  Node read_value(std::string_view written, std::string_view key) {
    const std::string_view text = without_comment(written);
    Node node;
    node.from_ini = true;
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
      node.place = place_of(text.empty() ? key : text);
      return node;
    }
    node.kind = Kind::kScalar;
    node.place = place_of(text);
    node.text = text;
    node.verbatim = true;
    if (is_quote(text.front())) read_quoted_value(text, node);
    return node;
  }

  void read_quoted_value(std::string_view text, Node& node) {
    const std::optional<Quoted> quoted = read_quoted(text);
    if (!quoted) {
      node.reported = true;
      problems_.error(node.place, "this quote is never closed",
                      "close it in the same line, or quote the whole text in the other quotes");
      return;
    }
    const std::string_view rest = trim(text.substr(quoted->size));
    if (rest.empty()) {
      node.quoted = true;
      node.verbatim = quoted->text.size() + 2 == quoted->size;
      node.text = quoted->text;
    } else if (rest.front() != ',') {
      node.reported = true;
      problems_.error(place_of(rest), "text follows the closing quote",
                      "write \\\" for a quote inside a quoted text; a comma separates elements");
    }
  }

  void store(std::string_view key, Node value) {
    if (section_ == nullptr) return;
    Branch* map = section_;
    const int above = section_ == &root_ ? 1 : 3;  // root, nodes, the node
    int depth = above;
    while (true) {
      const auto dot = key.find('.');
      const std::string_view name = trim(key.substr(0, dot));
      const Place place = place_of(name.empty() ? key : name);  // trim() loses an empty place
      if (name.empty()) {
        problems_.error(place, "a name is missing beside this dot", "write map.key = value");
        return;
      }
      if (dot == std::string_view::npos) return store_leaf(*map, name, place, std::move(value));
      if (++depth > kMaxDepth) {
        problems_.error(place, "this is nested deeper than 32 levels",
                        "a pipeline needs about five");
        return;
      }
      map = enter(*map, name, place);
      if (map == nullptr) return;
      key.remove_prefix(dot + 1);
    }
  }

  // The map `name` in `map`, made where missing; null when the name is taken by something else.
  Branch* enter(Branch& map, std::string_view name, const Place& place) {
    if (refuses_nodes(map, name, place)) return nullptr;
    Branch* child = map.find(name);
    if (child == nullptr) {
      child = &map.add(std::string(name), place);
      child->is_map = true;
    }
    if (child->is_map) return child;
    problems_.error(place, "'" + std::string(name) + "' is a value already, so it cannot be a map",
                    "the value is in " + line_and_column(child->key_place));
    return nullptr;
  }

  void store_leaf(Branch& map, std::string_view name, const Place& place, Node value) {
    if (refuses_nodes(map, name, place)) return;
    if (const Branch* known = map.find(name)) {
      problems_.error(place, "the key '" + std::string(name) + "' stands here a second time",
                      "the first is in " + line_and_column(known->key_place) + "; remove one");
      return;
    }
    map.add(std::string(name), place).leaf = std::move(value);
  }

  bool refuses_nodes(const Branch& map, std::string_view name, const Place& place) {
    if (&map != &root_ || name != "nodes") return false;
    problems_.error(place, "in INI the nodes are the sections", "write [ping] and its keys below");
    return true;
  }

  std::string_view text_;
  Positions positions_;
  Problems& problems_;
  Branch root_;
  Branch* section_ = nullptr;
  std::size_t lines_ = 0;
};

}  // namespace

Document parse_ini(const std::string& file, std::string_view bytes, Problems& problems) {
  Document document{file, {}};
  document.root.place = {file, 0, 0, 1};
  document.root.reported = true;
  const std::optional<std::string> text = clean_text(file, bytes, problems);
  if (!text) return document;
  problems.add_source(file, *text);
  document.root = IniParser(file, *text, problems).parse();
  return document;
}

}  // namespace weir::core::config
