// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The little of a filesystem that a log needs, handed in so that a test can break it. No function
/// throws but for want of memory. What is durable is said as POSIX says it: bytes by `sync_data` of
/// their file, names by `sync_folder` of their folder.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/delivery/status.hpp"

namespace weir::core::delivery {

/// An open file. One thread at a time, but for `read_at`, which may run beside a writer. Removing
/// or renaming the file does not disturb it.
class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  virtual ~File() = default;

  /// Writes all of `bytes` at `offset`. After a failure any part of them may be there.
  virtual Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  /// Fills `into` from `offset`; gives the number of bytes read, fewer only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
  /// All bytes and the size are durable when it returns ok (fdatasync). After a failure nobody
  /// knows what is, and a second call may lie: <https://lwn.net/Articles/752063/>.
  virtual Status sync_data() = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  virtual Result<std::uint64_t> size() = 0;
};

/// Held for as long as it lives; the system lets go of it when the process dies.
class FileLock {
 public:
  FileLock() = default;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  virtual ~FileLock() = default;
};

/// Any thread.
class Filesystem {
 public:
  enum class Open : std::uint8_t {
    /// The file must exist.
    to_read,
    /// The file must exist; also reads.
    to_write,
    /// The file must not exist; also reads.
    new_file
  };

  Filesystem() = default;
  Filesystem(const Filesystem&) = delete;
  Filesystem& operator=(const Filesystem&) = delete;
  virtual ~Filesystem() = default;

  /// With those above it; those that exist are left as they are.
  virtual Status make_folders(const std::string& folder) = 0;
  virtual Result<std::unique_ptr<File>> open(const std::string& path, Open how) = 0;
  /// Names of the files in a folder, without order.
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
  /// Replaces what is called `to`.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status sync_folder(const std::string& folder) = 0;
  /// Makes the file where it is missing. A null lock with status ok: another holder has it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

}  // namespace weir::core::delivery
