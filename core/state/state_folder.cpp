// SPDX-License-Identifier: Apache-2.0
#include "core/state/state_folder.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/state/state_file.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 30U;
constexpr mode_t owner_only = 0600;

}  // namespace

std::string StateFolder::path_of(const std::string& node) const {
  return (setting_.folder / (node + ".state")).string();
}

void StateFolder::learn(const std::map<std::string, std::string>& plugins) {
  const std::lock_guard lock(mutex_);
  for (const auto& [node, plugin] : plugins) setting_.plugins[node] = plugin;
}

std::optional<std::string> StateFolder::plugin_of(const std::string& node) const {
  const std::lock_guard lock(mutex_);
  const auto at = setting_.plugins.find(node);
  return at == setting_.plugins.end() ? std::nullopt : std::optional(at->second);
}

std::optional<SavedState> StateFolder::load(const std::string& node) {
  const auto plugin = plugin_of(node);
  if (!plugin) return std::nullopt;
  try {
    const auto bytes = read_if_there(calls_, path_of(node), most_bytes);
    if (!bytes) return std::nullopt;
    StateFile file = decode_state_file(*bytes);
    if (*plugin != file.plugin) throw Error("is of the plugin '" + file.plugin + "'");
    return std::move(file.state);
  } catch (const Error& problem) {
    set_aside(node, problem.what());
    return std::nullopt;
  }
}

void StateFolder::save(const std::string& node, std::uint32_t version, std::string_view bytes) {
  const auto plugin = plugin_of(node);
  if (!plugin) throw Error("no state is kept of node '" + node + "'");
  write_atomically(calls_, path_of(node),
                   encode({*plugin, setting_.now(), {version, std::string(bytes)}}), owner_only);
}

void StateFolder::set_aside(const std::string& node, const std::string& reason) {
  const std::string path = path_of(node);
  const std::string aside = name_aside(path, setting_.now());
  const bool moved = calls_.rename(path, aside) == 0;
  setting_.warn(
      node, path + ": " + reason +
                (moved ? "; set aside as " + aside
                       : "; it cannot be set aside: " + std::generic_category().message(errno)) +
                "; the node begins anew");
}

void StateFolder::forget(const std::string& node) {
  if (!plugin_of(node)) return;
  const std::string path = path_of(node);
  if (calls_.unlink(path) != 0 && errno != ENOENT)
    throw Error(path + ": cannot remove: " + std::generic_category().message(errno));
}

}  // namespace weir::core
