// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a process may do, as the kernel tells it in /proc/self/status (proc(5), capabilities(7)).

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::core {

struct Rights {
  uid_t real_user = 0, effective_user = 0, saved_user = 0;
  gid_t real_group = 0, effective_group = 0, saved_group = 0;
  /// Sets of capabilities, one bit each.
  std::uint64_t inheritable = 0, permitted = 0, effective = 0, bounding = 0, ambient = 0;
  bool no_new_privileges = false;
  std::size_t threads = 0;

  [[nodiscard]] bool is_root() const { return effective_user == 0; }
  [[nodiscard]] bool has_capabilities() const {
    return (inheritable | permitted | effective | ambient) != 0;
  }
};

/// Reads the text of /proc/<pid>/status. Throws Error naming a line that is missing or malformed.
[[nodiscard]] Rights parse_rights(std::string_view status);

/// Of the calling thread. Throws Error where /proc is not mounted.
[[nodiscard]] Rights current_rights();

}  // namespace weir::core
