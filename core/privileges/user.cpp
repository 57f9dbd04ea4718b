// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/user.hpp"

#include <pwd.h>

#include <charconv>
#include <vector>

#include "weir/error.hpp"

namespace weir::core {
namespace {

constexpr std::size_t database_line = 16 << 10;  // more than any entry of a user needs

std::optional<uid_t> as_number(const std::string& text) {
  uid_t id = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, id);
  return error == std::errc{} && stop == end ? std::optional(id) : std::nullopt;
}

}  // namespace

std::optional<User> find_user(const std::string& name_or_number) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> text(database_line);
  ::getpwnam_r(name_or_number.c_str(), &entry, text.data(), text.size(), &found);
  if (found == nullptr) {
    const auto id = as_number(name_or_number);
    if (!id) return std::nullopt;
    ::getpwuid_r(*id, &entry, text.data(), text.size(), &found);
  }
  if (found == nullptr) return std::nullopt;
  return User{entry.pw_uid, entry.pw_gid, entry.pw_name, entry.pw_dir};
}

std::optional<User> choose_user(const Rights& rights, const std::optional<std::string>& asked,
                                const std::optional<std::string>& sudo_uid,
                                const UserLookup& look_up) {
  if (!asked && !(rights.is_root() && sudo_uid)) return std::nullopt;
  const std::optional<User> user = look_up(asked ? *asked : *sudo_uid);
  if (!user) {
    throw Error(asked ? "--user " + *asked + ": there is no such user"
                      : "sudo was called by user " + *sudo_uid +
                            ", who is not known here; name one with --user");
  }
  if (user->id == rights.effective_user) return std::nullopt;
  if (!rights.is_root()) {
    throw Error("--user " + *asked +
                " needs root to begin with; leave it out, the run stays who you are");
  }
  return user;
}

}  // namespace weir::core
