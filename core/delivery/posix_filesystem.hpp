// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The machine's own disks.

#include "core/delivery/filesystem.hpp"

namespace weir::core::delivery {

/// Files are made with mode 0600 and folders with 0700: what waits for delivery is nobody else's.
class PosixFilesystem final : public Filesystem {
 public:
  Status make_folders(const std::string& folder) override;
  Result<std::unique_ptr<File>> open(const std::string& path, Open how) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_folder(const std::string& folder) override;
  /// By flock(2): between processes and within one.
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;
};

}  // namespace weir::core::delivery
