// SPDX-License-Identifier: Apache-2.0
#include "core/config/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/system/descriptor.hpp"

namespace weir::core::config {
namespace {

FileRead trouble(int error) {
  FileRead result;
  const bool missing = error == ENOENT || error == ENOTDIR;
  result.trouble = missing ? FileTrouble::kMissing : FileTrouble::kUnreadable;
  result.reason = std::generic_category().message(error);
  return result;
}

}  // namespace

FileRead read_file(const std::filesystem::path& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return trouble(errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return trouble(errno);
  FileRead result;
  if (S_ISDIR(status.st_mode)) {
    result.trouble = FileTrouble::kFolder;
    return result;
  }
  if (!S_ISREG(status.st_mode)) {
    result.trouble = FileTrouble::kSpecial;
    return result;
  }
  result.writable_by_others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  result.foreign_owner = status.st_uid != 0 && status.st_uid != ::geteuid();
  constexpr std::size_t kChunk = 64 * 1024;
  std::size_t size = 0;
  while (size <= limit) {
    const std::size_t wanted = std::min(kChunk, limit + 1 - size);
    result.bytes.resize(size + wanted);
    const ssize_t got = ::read(file.get(), result.bytes.data() + size, wanted);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(errno);
    size += static_cast<std::size_t>(got);
    if (got == 0) break;
  }
  result.bytes.resize(size);
  return result;
}

}  // namespace weir::core::config
