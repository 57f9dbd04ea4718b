// SPDX-License-Identifier: Apache-2.0
#include "core/state/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "weir/error.hpp"

namespace weir::core {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what, int reason) {
  throw Error(path + ": cannot " + what + ": " + std::generic_category().message(reason));
}

/// A descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(FileCalls& calls, int fd) : calls_(calls), fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) calls_.close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  FileCalls& calls_;
  int fd_;
};

void write_all(FileCalls& calls, int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = calls.write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_temporary(FileCalls& calls, const std::string& path, std::string_view bytes,
                     mode_t mode) {
  const Descriptor file(calls, calls.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (file.get() < 0) fail(path, "create", errno);
  write_all(calls, file.get(), bytes, path);
  if (calls.fsync(file.get()) != 0) fail(path, "fsync", errno);
}

}  // namespace

int FileCalls::open(const std::string& path, int flags, mode_t mode) {
  return ::open(path.c_str(), flags, mode);
}
ssize_t FileCalls::read(int fd, char* to, std::size_t size) { return ::read(fd, to, size); }
ssize_t FileCalls::write(int fd, const char* from, std::size_t size) {
  return ::write(fd, from, size);
}
int FileCalls::fsync(int fd) { return ::fsync(fd); }
void FileCalls::close(int fd) { ::close(fd); }
int FileCalls::rename(const std::string& from, const std::string& to) {
  return std::rename(from.c_str(), to.c_str());
}
int FileCalls::unlink(const std::string& path) { return ::unlink(path.c_str()); }

FileCalls& system_calls() {
  static FileCalls calls;
  return calls;
}

std::string name_aside(const std::string& path, Timestamp now) {
  std::string time = to_text(Timestamp(std::chrono::floor<std::chrono::seconds>(now)));
  for (char& sign : time) {
    if (sign == ':') sign = '-';
  }
  return path + ".damaged-" + time;
}

std::optional<std::string> read_if_there(FileCalls& calls, const std::string& path,
                                         std::uintmax_t most) {
  const Descriptor file(calls, calls.open(path, O_RDONLY | O_CLOEXEC, 0));
  if (file.get() < 0 && errno == ENOENT) return std::nullopt;
  if (file.get() < 0) fail(path, "open", errno);
  std::string bytes;
  std::array<char, std::size_t{1} << 16U> piece{};
  while (true) {
    const ssize_t got = calls.read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "read", errno);
    if (got == 0) return bytes;
    bytes.append(piece.data(), static_cast<std::size_t>(got));
    if (bytes.size() > most)
      throw Error(path + ": over " + std::to_string(most) + " bytes, too large to be read whole");
  }
}

void write_atomically(FileCalls& calls, const std::string& path, std::string_view bytes,
                      mode_t mode) {
  const std::filesystem::path target(path);
  const std::filesystem::path folder =
      target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  std::error_code ignored;  // the open below says what is wrong
  std::filesystem::create_directories(folder, ignored);
  const std::string temporary = path + ".part";
  try {
    write_temporary(calls, temporary, bytes, mode);
    if (calls.rename(temporary, path) != 0) fail(path, "replace", errno);
  } catch (...) {
    (void)calls.unlink(temporary);
    throw;
  }
  const Descriptor directory(calls,
                             calls.open(folder.string(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
  if (directory.get() < 0) fail(folder.string(), "open", errno);
  if (calls.fsync(directory.get()) != 0) fail(folder.string(), "fsync", errno);
}

}  // namespace weir::core
