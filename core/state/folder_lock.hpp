// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One run at a time keeps its state in a folder.

#include <filesystem>
#include <optional>

namespace weir::core {

class FolderLock {
 public:
  /// Makes the folder if need be; nullopt: another process holds it. Throws Error. The lock ends
  /// with this object, or with the process.
  [[nodiscard]] static std::optional<FolderLock> take(const std::filesystem::path& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace weir::core
