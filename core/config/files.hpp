// SPDX-License-Identifier: Apache-2.0
// Reading a small file, with what must be known before it is trusted. Internal to core/config.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace weir::core::config {

enum class FileTrouble { kNone, kMissing, kFolder, kSpecial, kUnreadable };

struct FileRead {
  FileTrouble trouble = FileTrouble::kNone;
  std::string reason;               // of kUnreadable: the system's words
  std::string bytes;                // at most one more than the limit
  bool writable_by_others = false;  // by its group or everyone
  bool foreign_owner = false;       // neither root nor the effective user
};

// Never blocks on a pipe or device. Reads at most `limit` + 1 bytes, so that the caller sees when
// there are more. Mode and owner are those of the very file that was read.
[[nodiscard]] FileRead read_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace weir::core::config
