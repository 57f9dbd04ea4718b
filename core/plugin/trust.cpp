// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/trust.hpp"

#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>

namespace weir::core {
namespace {

namespace fs = std::filesystem;

constexpr int max_links = 40;  // as the kernel allows

/// Quoted for a shell, so that what a message tells to run does what it says.
std::string shell_quoted(const fs::path& path) {
  const std::string text = path.string();
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::strchr("/._-+,@%:=", c) != nullptr;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string what_it_is(const struct stat& is) {
  return S_ISDIR(is.st_mode) ? "folder" : S_ISLNK(is.st_mode) ? "symbolic link" : "file";
}

std::optional<std::string> distrust_component(const fs::path& path, const struct stat& is,
                                              const Trust& trust) {
  const bool owned = is.st_uid == 0 || std::find(trust.owners.begin(), trust.owners.end(),
                                                 is.st_uid) != trust.owners.end();
  const std::string subject = "the " + what_it_is(is) + " " + path.string();
  if (!owned) {
    return subject + " belongs to user " + std::to_string(is.st_uid) +
           ", who could change the plugin; if it is yours to trust: chown " +
           (S_ISLNK(is.st_mode) ? "-h " : "") + std::to_string(geteuid()) + " " +
           shell_quoted(path);
  }
  if (S_ISLNK(is.st_mode)) return std::nullopt;  // a link's own mode means nothing
  const bool others = (is.st_mode & S_IWOTH) != 0;
  const bool group = (is.st_mode & S_IWGRP) != 0;
  if (!others && !group) return std::nullopt;
  const bool shared_safely = S_ISDIR(is.st_mode) && (is.st_mode & S_ISVTX) != 0 && is.st_uid == 0;
  if (shared_safely) return std::nullopt;
  return subject + " can be written by " + (others ? "everyone" : "its group") +
         ", who could change the plugin; run: chmod " +
         (others && group ? "go-w "
          : others        ? "o-w "
                          : "g-w ") +
         shell_quoted(path);
}

std::deque<fs::path> parts_of(const fs::path& path) {
  std::deque<fs::path> parts;
  for (const fs::path& part : path.relative_path()) {
    if (!part.empty() && part != ".") parts.push_back(part);
  }
  return parts;
}

}  // namespace

bool has_more_rights_than_the_caller() { return getauxval(AT_SECURE) != 0; }

Trust trust_of(const fs::path& program) {
  Trust trust;
  if (!has_more_rights_than_the_caller()) trust.owners = {geteuid(), getuid()};
  struct stat is {};
  if (stat(program.c_str(), &is) == 0) trust.owners.push_back(is.st_uid);
  return trust;
}

bool is_trusted_by_override(const fs::path& file, const Trust& trust) {
  std::error_code failed;
  const fs::path resolved = fs::weakly_canonical(file, failed);
  if (failed) return false;
  return std::any_of(trust.folders.begin(), trust.folders.end(), [&](const fs::path& folder) {
    std::error_code unreadable;
    const fs::path base = fs::canonical(folder, unreadable);
    if (unreadable) return false;
    const auto [in_base, in_file] =
        std::mismatch(base.begin(), base.end(), resolved.begin(), resolved.end());
    return in_base == base.end();
  });
}

std::optional<std::string> distrust(const fs::path& file, const Trust& trust) {
  if (is_trusted_by_override(file, trust)) return std::nullopt;
  std::deque<fs::path> todo = parts_of(fs::absolute(file));
  fs::path at = "/";
  int links = 0;
  while (true) {
    struct stat is {};
    if (lstat(at.c_str(), &is) != 0) {
      return at.string() + ": " + std::strerror(errno) + "; check the path and its permissions";
    }
    if (auto problem = distrust_component(at, is, trust)) return problem;
    if (S_ISLNK(is.st_mode)) {
      std::error_code failed;
      const fs::path target = fs::read_symlink(at, failed);
      if (failed || ++links > max_links)
        return at.string() + ": the symbolic link leads nowhere; remove it";
      std::deque<fs::path> through = parts_of(target);
      todo.insert(todo.begin(), through.begin(), through.end());
      at = target.is_absolute() ? fs::path("/") : at.parent_path();
      continue;
    }
    if (todo.empty()) return std::nullopt;
    if (todo.front() == "..") {
      at = at.parent_path();
    } else {
      at /= todo.front();
    }
    todo.pop_front();
  }
}

}  // namespace weir::core
