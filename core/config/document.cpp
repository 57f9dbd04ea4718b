// SPDX-License-Identifier: Apache-2.0
#include "core/config/document.hpp"

#include <algorithm>

#include "core/config/quotes.hpp"
#include "core/config/text.hpp"

namespace weir::core::config {
namespace {

// Cuts a text at its commas, but not inside quotes; a quote counts only at the start of an element.
std::vector<std::string_view> cut_at_commas(std::string_view text) {
  std::vector<std::string_view> pieces;
  std::size_t start = 0;
  while (true) {
    const auto first = text.find_first_not_of(" \t\n", start);
    std::size_t search = start;
    if (first != std::string_view::npos && is_quote(text[first])) {
      const std::optional<Quoted> quoted = read_quoted(text.substr(first));
      search = quoted ? first + quoted->size : text.size();
    }
    const auto comma = text.find(',', search);
    pieces.push_back(text.substr(start, comma - start));
    if (comma == std::string_view::npos) return pieces;
    start = comma + 1;
  }
}

std::string_view trim_lines(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

Place place_of(const Node& scalar, Positions& inside, std::size_t offset,
               std::string_view element) {
  if (!scalar.verbatim) return scalar.place;
  Place place = scalar.place;
  place.column += inside.at(offset).column - 1 + (scalar.quoted ? 1 : 0);
  place.length = static_cast<int>(std::max<std::size_t>(1, count_characters(element)));
  return place;
}

// Fills in the element's text, or reports why it has none.
void read_element(std::string_view text, Node& element, Problems& problems) {
  if (text.empty()) {
    problems.error(element.place, "this list has an empty element",
                   "remove the extra comma, or write '' for an empty text");
    element.reported = true;
    return;
  }
  element.text = text;
  if (!is_quote(text.front())) return;
  const std::optional<Quoted> quoted = read_quoted(text);
  if (quoted && quoted->size == text.size()) {
    element.quoted = true;
    element.verbatim = element.verbatim && quoted->text.size() + 2 == text.size();
    element.text = quoted->text;
    return;
  }
  element.reported = true;
  problems.error(element.place,
                 quoted ? "text follows the closing quote" : "this quote is never closed",
                 quoted ? "put a comma between two elements" : "");
}

bool equal_maps(const Node& a, const Node& b) {
  if (a.entries.size() != b.entries.size()) return false;
  return std::all_of(a.entries.begin(), a.entries.end(), [&](const Entry& entry) {
    const Entry* other = b.find(entry.key);
    return other != nullptr && equal_content(entry.value, other->value);
  });
}

bool equal_lists(const std::vector<Node>& a, const std::vector<Node>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal_content);
}

bool list_equals_scalar(const Node& list, const Node& scalar) {
  Problems problems;
  return equal_lists(list.items, split_list(scalar, problems)) && problems.empty();
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

Entry* Node::find(std::string_view key) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::kScalar:
      return "text";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
    case Kind::kNull:
      break;
  }
  return "nothing";
}

std::vector<Node> split_list(const Node& scalar, Problems& problems) {
  std::vector<Node> elements;
  const std::string_view whole = scalar.text;
  if (trim_lines(whole).empty()) return elements;
  Positions inside(scalar.place.file, whole);
  for (const std::string_view piece : cut_at_commas(whole)) {
    const std::string_view text = trim_lines(piece);
    const char* begin = text.empty() ? piece.data() : text.data();
    Node element;
    element.kind = Kind::kScalar;
    element.place = place_of(scalar, inside, static_cast<std::size_t>(begin - whole.data()), text);
    element.original = scalar.original;
    element.verbatim = scalar.verbatim;
    element.from_ini = scalar.from_ini;
    read_element(text, element, problems);
    elements.push_back(std::move(element));
  }
  return elements;
}

bool equal_content(const Node& a, const Node& b) {
  if (a.is_list() && b.is_scalar() && b.from_ini) return list_equals_scalar(a, b);
  if (b.is_list() && a.is_scalar() && a.from_ini) return list_equals_scalar(b, a);
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::kScalar:
      return a.text == b.text;
    case Kind::kList:
      return equal_lists(a.items, b.items);
    case Kind::kMap:
      return equal_maps(a, b);
    case Kind::kNull:
      break;
  }
  return true;
}

}  // namespace weir::core::config
