// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Whom a run goes on as.

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "core/privileges/rights.hpp"

namespace weir::core {

struct User {
  uid_t id = 0;
  gid_t group = 0;
  std::string name;
  std::string home;
};

/// The user of a name or a number; nullopt: there is none.
using UserLookup = std::function<std::optional<User>(const std::string& name_or_number)>;
/// Asks the system's user database.
[[nodiscard]] std::optional<User> find_user(const std::string& name_or_number);

/// The user to become; nullopt: stay who we are.
///  - `asked` (--user) wins. It needs root, unless it names who runs already; `root` stays root.
///  - Root that came by sudo goes on as the user who called it (`sudo_uid`: SUDO_UID): so what a
///    run writes belongs to that user, and lies where that user may write.
///  - Any other root (a container, a service) stays user 0, without capabilities.
/// Throws Error with one line.
[[nodiscard]] std::optional<User> choose_user(const Rights& rights,
                                              const std::optional<std::string>& asked,
                                              const std::optional<std::string>& sudo_uid,
                                              const UserLookup& look_up);

}  // namespace weir::core
