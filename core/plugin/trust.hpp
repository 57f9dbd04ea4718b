// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Who could have put this library here? A plugin runs with all that the engine may do, so nobody
/// but root, the caller and the owner of the program may be able to change it, or the way to it.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace weir::core {

struct Trust {
  std::vector<uid_t> owners;  ///< beside root: the caller, the owner of the program
  std::vector<std::filesystem::path> folders;  ///< --trust-plugins: what lies in them is not asked
};

/// Whether the kernel gave this program rights that its caller does not have, as a file capability
/// does. Then only root and the owner of the program say what is loaded.
[[nodiscard]] bool has_more_rights_than_the_caller();

/// The caller (effective and real user), unless the program has more rights, and the owner of the
/// file `program`, if it exists.
[[nodiscard]] Trust trust_of(const std::filesystem::path& program);

/// nullopt: it may be loaded. Else one line: which part of the path, what is wrong, and the command
/// that mends it. Looks at every folder from `/` on, at every symbolic link on the way and at all
/// that it leads to. A sticky folder of root (the system's temporary one) may be writable by all.
/// The answer holds as long as nobody trusted changes the path.
[[nodiscard]] std::optional<std::string> distrust(const std::filesystem::path& file,
                                                  const Trust& trust);

/// Whether `file` lies in one of trust.folders.
[[nodiscard]] bool is_trusted_by_override(const std::filesystem::path& file, const Trust& trust);

}  // namespace weir::core
