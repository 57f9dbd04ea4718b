// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/posix_filesystem.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/system/descriptor.hpp"

namespace weir::core::delivery {
namespace {

Status last_error(const char* verb, const std::string& path) {
  const int error = errno;
  return Status::of_errno(std::string("cannot ") + verb + ' ' + path, error);
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return last_error("write", path_);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(descriptor_.get(), into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return {last_error("read", path_), done};
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return {{}, done};
  }

  // Not repeated after EINTR either: a second fdatasync may report success for lost pages.
  Status sync_data() override {
    if (::fdatasync(descriptor_.get()) != 0) return last_error("sync", path_);
    return {};
  }

  Status truncate(std::uint64_t size) override {
    if (::ftruncate(descriptor_.get(), static_cast<off_t>(size)) != 0) {
      return last_error("shorten", path_);
    }
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat found {};
    if (::fstat(descriptor_.get(), &found) != 0) return {last_error("look at", path_), 0};
    return {{}, static_cast<std::uint64_t>(found.st_size)};
  }

 private:
  Descriptor descriptor_;
  std::string path_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

int flags_of(Filesystem::Open how) {
  switch (how) {
    case Filesystem::Open::to_read:
      return O_RDONLY;
    case Filesystem::Open::to_write:
      return O_RDWR;
    case Filesystem::Open::new_file:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

}  // namespace

Status PosixFilesystem::make_folders(const std::string& folder) {
  std::filesystem::path whole;
  for (const auto& part : std::filesystem::path(folder)) {
    whole /= part;
    if (::mkdir(whole.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const int error = errno;
    std::error_code ignored;
    if (std::filesystem::is_directory(whole, ignored)) continue;  // read-only, but it is there
    return Status::of_errno("cannot make the folder " + whole.string(), error);
  }
  return {};
}

Result<std::unique_ptr<File>> PosixFilesystem::open(const std::string& path, Open how) {
  Descriptor descriptor(::open(path.c_str(), flags_of(how) | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (descriptor.get() < 0) return {last_error("open", path), nullptr};
  return {{}, std::make_unique<PosixFile>(std::move(descriptor), path)};
}

Result<std::vector<std::string>> PosixFilesystem::list(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return {Status::of_errno("cannot list " + folder, error.value()), {}};
  return {{}, std::move(names)};
}

Status PosixFilesystem::rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return last_error("rename", from);
  return {};
}

Status PosixFilesystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return last_error("remove", path);
  return {};
}

Status PosixFilesystem::sync_folder(const std::string& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) return last_error("open", folder);
  if (::fsync(descriptor.get()) != 0) return last_error("sync", folder);
  return {};
}

Result<std::unique_ptr<FileLock>> PosixFilesystem::lock(const std::string& path) {
  Descriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (descriptor.get() < 0) return {last_error("open", path), nullptr};
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return {};
    return {last_error("lock", path), nullptr};
  }
  return {{}, std::make_unique<PosixLock>(std::move(descriptor))};
}

}  // namespace weir::core::delivery
