// SPDX-License-Identifier: Apache-2.0
// What the tests of core/config share.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/formats.hpp"
#include "core/config/substitution.hpp"

namespace weir::core::config {

struct Parsed {
  Document document;
  Problems problems;
};

inline Parsed yaml(std::string_view text) {
  Parsed parsed;
  parsed.document = parse_yaml("p.yaml", text, parsed.problems);
  return parsed;
}

inline Parsed ini(std::string_view text) {
  Parsed parsed;
  parsed.document = parse_ini("p.ini", text, parsed.problems);
  return parsed;
}

inline std::string place_text(const Place& place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column) + "+" +
         std::to_string(place.length);
}

// One line per value: path, the key's place, kind or text, and the value's place, as
// line:column+length.
inline void print(const Node& node, const std::string& path, const std::string& key_place,
                  std::string& out) {
  const std::string value = node.is_scalar() ? "'" + node.text + "'" : kind_name(node.kind);
  out += path + key_place + " = " + value + (node.quoted ? " quoted" : "") + " at " +
         place_text(node.place) + "\n";
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    print(node.items[i], path + "[" + std::to_string(i) + "]", "", out);
  }
  for (const Entry& entry : node.entries) {
    print(entry.value, path + "." + entry.key, "(" + place_text(entry.key_place) + ")", out);
  }
}

inline std::string printed(const Node& node) {
  std::string out;
  print(node, "", "", out);
  return out;
}

// The value at a path of keys; fails the test when there is none.
inline const Node& at(const Node& root, const std::vector<std::string>& path) {
  static const Node nothing;
  const Node* node = &root;
  for (const std::string& key : path) {
    const Entry* entry = node->find(key);
    EXPECT_NE(entry, nullptr) << "no key " << key;
    if (entry == nullptr) return nothing;
    node = &entry->value;
  }
  return *node;
}

inline Environment environment_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

inline std::string repeat(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

// A folder that is gone after the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view text,
                              std::filesystem::perms mode = std::filesystem::perms{0600}) const {
    const std::filesystem::path file = path_ / name;
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, mode);
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace weir::core::config
