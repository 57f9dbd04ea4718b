// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Whole files, read and replaced. The calls of the system are handed in, so that a test can let
/// any of them fail.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weir/units.hpp"

namespace weir::core {

/// As the functions of the same names in POSIX: -1 and errno.
class FileCalls {
 public:
  FileCalls() = default;
  FileCalls(const FileCalls&) = delete;
  FileCalls& operator=(const FileCalls&) = delete;
  virtual ~FileCalls() = default;

  virtual int open(const std::string& path, int flags, mode_t mode);
  virtual ssize_t read(int fd, char* to, std::size_t size);
  virtual ssize_t write(int fd, const char* from, std::size_t size);
  virtual int fsync(int fd);
  virtual void close(int fd);
  virtual int rename(const std::string& from, const std::string& to);
  virtual int unlink(const std::string& path);
};

/// Those of this machine; stateless, any thread.
[[nodiscard]] FileCalls& system_calls();

/// What a damaged file is called from now on: "x.state.damaged-2026-11-29T10-00-00Z".
[[nodiscard]] std::string name_aside(const std::string& path, Timestamp now);

/// nullopt: there is no such file. Throws Error naming the file and the system's reason; a file
/// over `most` bytes is refused.
[[nodiscard]] std::optional<std::string> read_if_there(FileCalls& calls, const std::string& path,
                                                       std::uintmax_t most);

/// A reader sees the old bytes or the new, also after a power cut: temporary in the same folder,
/// fsync, rename, fsync of the folder. Makes missing folders. Throws Error; then the old bytes
/// stand, unless only the last step failed.
void write_atomically(FileCalls& calls, const std::string& path, std::string_view bytes,
                      mode_t mode);

}  // namespace weir::core
