// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One plugin library, loaded and checked.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/plugin/description.hpp"
#include "weir/abi.h"

namespace weir::core {

/// A kind of node that a library offers. `type` lives as long as the process.
struct NodeType {
  const weir_node_type* type = nullptr;
  std::shared_ptr<const NodeDescription> description;
};

struct Library {
  std::filesystem::path path;
  std::string name;
  std::string version;
  std::string sdk;  ///< what built it; may be empty
  std::uint16_t abi_major = 0;
  std::uint16_t abi_minor = 0;
  std::vector<NodeType> types;

  /// nullptr where it has none of that name.
  [[nodiscard]] const NodeType* find(std::string_view plugin) const;
};

/// Loads the library at exactly this absolute path (RTLD_NOW, RTLD_LOCAL) and checks all that abi.h
/// demands before anything is called. It stays loaded until the process ends, also when it is
/// refused: code of it may have registered itself somewhere. Throws Error in one line: what was
/// found, what is needed, what to do.
///
/// Loading runs the library's code. A crash in it is a crash here: look at unknown libraries with
/// probe.hpp first. [main thread]
[[nodiscard]] Library load_library(const std::filesystem::path& path);

/// The check of what weir_plugin_entry returned; part of load_library, apart for tests.
[[nodiscard]] Library check_plugin(const std::filesystem::path& path, const weir_plugin* plugin);

/// For messages: no control characters, one line, at most `most` bytes.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t most = 300);

}  // namespace weir::core
