// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/probe_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

namespace weir::core {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
constexpr off_t max_cache = off_t{64} << 20;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// What changes when the file does; null if there is none.
json identity_of(const fs::path& library) {
  struct stat is {};
  if (stat(library.c_str(), &is) != 0) return nullptr;
  return {is.st_dev, is.st_ino, is.st_size, nanoseconds(is.st_mtim), nanoseconds(is.st_ctim)};
}

bool only_we_can_write(int file) {
  struct stat is {};
  return fstat(file, &is) == 0 && S_ISREG(is.st_mode) && is.st_uid == geteuid() &&
         (is.st_mode & (S_IWGRP | S_IWOTH)) == 0 && is.st_size <= max_cache;
}

std::string read_all(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return {};
  std::string text;
  if (only_we_can_write(file)) {
    char buffer[65536];
    for (ssize_t got = 0; (got = read(file, buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
  }
  close(file);
  return text;
}

void write_atomically(const fs::path& path, const std::string& text) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  std::string temporary = path.string() + ".XXXXXX";
  const int file = mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return;
  const bool whole = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(file) != 0 || !whole || rename(temporary.c_str(), path.c_str()) != 0) {
    unlink(temporary.c_str());
  }
}

}  // namespace

fs::path default_probe_cache() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return fs::path(cache) / "weir/plugins.json";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return {};
  return fs::path(home) / ".cache/weir/plugins.json";
}

void ProbeCache::read() {
  if (read_) return;
  read_ = true;
  if (file_.empty()) return;
  const std::string text = read_all(file_);
  const json all = json::parse(text, nullptr, false);
  if (!all.is_object() || all.value("weir", json()) != json(WEIR_VERSION)) return;
  const auto libraries = all.find("libraries");
  if (libraries == all.end() || !libraries->is_object()) return;
  for (const auto& [path, entry] : libraries->items()) {
    if (entry.is_object()) entries_.emplace(path, entry);
  }
}

std::optional<ProbeResult> ProbeCache::find(const fs::path& library) {
  read();
  const auto at = entries_.find(library.string());
  if (at == entries_.end()) return std::nullopt;
  const json identity = identity_of(library);
  if (identity.is_null() || at->second.value("file", json()) != identity) return std::nullopt;
  try {
    ProbeResult result = probe_result(at->second.at("result"));
    if (result.ok()) return result;
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return std::nullopt;
}

void ProbeCache::store(const fs::path& library, const ProbeResult& result) {
  if (file_.empty() || !result.ok()) return;
  read();
  entries_[library.string()] = {{"file", identity_of(library)}, {"result", to_json(result)}};
  changed_ = true;
}

void ProbeCache::save() noexcept {
  if (!changed_) return;
  changed_ = false;
  try {
    json libraries = json::object();
    for (const auto& [path, entry] : entries_) {
      std::error_code failed;
      if (fs::exists(path, failed)) libraries[path] = entry;
    }
    const json all = {{"weir", WEIR_VERSION}, {"libraries", std::move(libraries)}};
    write_atomically(file_, all.dump(-1, ' ', false, json::error_handler_t::replace));
  } catch (const std::exception&) {
    return;  // only a cache
  }
}

}  // namespace weir::core
