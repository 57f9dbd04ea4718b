// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/registry.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <system_error>

#include "core/config/problem.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

namespace fs = std::filesystem;

/// A name may become a file name, so it must not lead anywhere else.
bool is_plugin_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

std::string folder_list(const std::vector<fs::path>& folders) {
  std::string list;
  for (const fs::path& folder : folders) list += (list.empty() ? "" : ", ") + folder.string();
  return list.empty() ? "no folder" : list;
}

std::shared_ptr<const NodeDescription> plugin_of(const LibraryInfo& library,
                                                 const std::string& name) {
  for (const auto& plugin : library.plugins) {
    if (plugin->name == name) return plugin;
  }
  return nullptr;
}

/// Descriptions come from a child process or from the cache, so they are checked here, too.
void parse_descriptions(LibraryInfo& library) {
  try {
    for (const std::string& text : library.result.descriptions) {
      library.plugins.push_back(std::make_shared<const NodeDescription>(parse_description(text)));
    }
  } catch (const Error& error) {
    library.plugins.clear();
    library.result.problem = error.what();
  }
}

FoundPlugin refused(const LibraryInfo& library, const std::string& plugin,
                    const std::string& problem) {
  FoundPlugin found;
  found.library = library.path;
  found.problem = "plugin '" + plugin + "' is refused: " + library.path.string() + ": " + problem;
  return found;
}

}  // namespace

std::vector<fs::path> plugin_folders(std::span<const fs::path> given, const fs::path& program,
                                     const std::function<const char*(const char*)>& variable) {
  std::vector<fs::path> folders;
  const auto add = [&folders](const fs::path& folder) {
    fs::path normal = fs::absolute(folder).lexically_normal();
    if (!normal.has_filename()) normal = normal.parent_path();
    if (std::find(folders.begin(), folders.end(), normal) == folders.end())
      folders.push_back(normal);
  };
  for (const fs::path& folder : given) add(folder);
  if (const char* listed = variable("WEIR_PLUGIN_PATH")) {
    std::string_view rest = listed;
    while (!rest.empty()) {
      const std::string_view one = rest.substr(0, rest.find(':'));
      if (!one.empty()) add(one);
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    }
  }
  if (!program.empty()) add(program.parent_path() / "../lib/weir/plugins");
  if (const char* home = variable("HOME"); home != nullptr && *home == '/') {
    add(fs::path(home) / ".local/lib/weir/plugins");
  }
  add("/usr/local/lib/weir/plugins");
  add("/usr/lib/weir/plugins");
  return folders;
}

RegistrySettings default_registry_settings(const fs::path& program,
                                           std::span<const fs::path> plugin_options,
                                           std::span<const fs::path> trust_options) {
  RegistrySettings settings;
  settings.folders = plugin_folders(
      plugin_options, program, [](const char* name) -> const char* { return secure_getenv(name); });
  settings.trust = trust_of(program);
  settings.trust.folders.assign(trust_options.begin(), trust_options.end());
  settings.probe.command = {program.string(), "probe-library"};
  settings.cache = default_probe_cache();
  return settings;
}

Registry::Registry(RegistrySettings settings, Use use)
    : settings_(std::move(settings)), use_(use), cache_(settings_.cache) {}

Registry::~Registry() = default;

std::optional<fs::path> Registry::file_named(const std::string& plugin) const {
  if (!is_plugin_name(plugin)) return std::nullopt;
  for (const fs::path& folder : settings_.folders) {
    fs::path file = folder / (plugin + ".so");
    std::error_code failed;
    if (fs::exists(fs::symlink_status(file, failed))) return file;
  }
  return std::nullopt;
}

std::vector<fs::path> Registry::all_files() const {
  std::vector<fs::path> files;
  for (const fs::path& folder : settings_.folders) {
    std::set<fs::path> here;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
      const std::string name = at->path().filename().string();
      if (name.ends_with(".so") && !name.starts_with("lib") && !name.starts_with('.'))
        here.insert(at->path());
    }
    files.insert(files.end(), here.begin(), here.end());
  }
  return files;
}

void Registry::look_at(std::span<const fs::path> libraries) {
  std::vector<fs::path> unknown;
  for (const fs::path& path : libraries) {
    if (known_.contains(path)) continue;
    LibraryInfo& info = known_[path];
    info.path = path;
    if (auto problem = distrust(path, settings_.trust)) {
      info.result.problem = std::move(*problem);
      continue;
    }
    if (is_trusted_by_override(path, settings_.trust)) {
      settings_.log("plugin " + path.string() + " is trusted because of --trust-plugins");
    }
    std::error_code failed;
    if (!fs::is_regular_file(path, failed)) {
      info.result.problem = fs::is_directory(path, failed)
                                ? "it is a folder, not a library; move or rename it"
                                : "it is no regular file; move it elsewhere";
    } else if (auto cached = cache_.find(path)) {
      info.result = std::move(*cached);
    } else {
      unknown.push_back(path);
    }
  }
  if (unknown.empty()) return;
  const std::vector<ProbeResult> results = probe_libraries(unknown, settings_.probe);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    known_[unknown[i]].result = results[i];
    cache_.store(unknown[i], results[i]);
  }
  cache_.save();
}

const LibraryInfo& Registry::info(const fs::path& library) {
  look_at(std::span(&library, 1));
  LibraryInfo& info = known_.at(library);
  if (info.result.ok() && info.plugins.empty()) parse_descriptions(info);
  return info;
}

void Registry::prepare(std::span<const std::string> plugins) {
  std::vector<fs::path> files;
  for (const std::string& plugin : plugins) {
    if (auto file = file_named(plugin)) {
      files.push_back(std::move(*file));
    } else {
      files = all_files();
      break;
    }
  }
  look_at(files);
}

FoundPlugin Registry::take(const LibraryInfo& library, const std::string& plugin) {
  FoundPlugin found;
  found.library = library.path;
  if (use_ == Use::describe) {
    found.description = plugin_of(library, plugin);
    return found;
  }
  auto at = loaded_.find(library.path);
  if (at == loaded_.end()) {
    try {
      at = loaded_.emplace(library.path, load_library(library.path)).first;
    } catch (const Error& error) {
      return refused(library, plugin, error.what());
    }
  }
  const NodeType* type = at->second.find(plugin);
  if (type == nullptr)
    return refused(library, plugin, "it has changed since it was looked at; run again");
  found.description = type->description;
  found.type = type->type;
  return found;
}

FoundPlugin Registry::find(const std::string& plugin) {
  if (!is_plugin_name(plugin)) return unknown(plugin);
  if (const auto file = file_named(plugin)) {
    const LibraryInfo& library = info(*file);
    if (!library.result.ok()) return refused(library, plugin, library.result.problem);
    if (plugin_of(library, plugin) != nullptr) return take(library, plugin);
  }
  const std::vector<fs::path> files = all_files();
  look_at(files);
  for (const fs::path& file : files) {
    const LibraryInfo& library = info(file);
    if (plugin_of(library, plugin) != nullptr) return take(library, plugin);
  }
  return unknown(plugin);
}

FoundPlugin Registry::unknown(const std::string& plugin) {
  std::vector<std::string> names;
  std::size_t refusals = 0;
  for (const LibraryInfo& library : list()) {
    for (const auto& known : library.plugins) names.push_back(known->name);
    refusals += library.result.ok() ? 0U : 1U;
  }
  FoundPlugin found;
  found.problem = "there is no plugin '" + plugin + "'";
  found.hint = config::did_you_mean(plugin, names);
  found.hint += (found.hint.empty() ? "searched " : " searched ") + folder_list(settings_.folders);
  if (refusals > 0) {
    found.hint += "; " + std::to_string(refusals) +
                  (refusals == 1 ? " library there was" : " libraries there were") +
                  " refused, see `weir plugins list`";
  }
  return found;
}

std::vector<LibraryInfo> Registry::list() {
  const std::vector<fs::path> files = all_files();
  look_at(files);
  std::vector<LibraryInfo> all;
  std::map<fs::path, fs::path> first;
  for (const fs::path& file : files) {
    LibraryInfo entry = info(file);
    const auto [at, is_first] = first.emplace(file.filename(), file);
    if (!is_first) entry.shadowed_by = at->second;
    all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace weir::core
