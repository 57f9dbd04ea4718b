// SPDX-License-Identifier: Apache-2.0
#include "output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <weir/error.hpp>

namespace weir::file_sink {
namespace {

std::string reason_of(int number) { return std::generic_category().message(number); }

/// A disk that is full may have room later; a broken one stays broken.
[[noreturn]] void fail(const std::string& path, const char* what, int number) {
  const std::string message =
      std::string("cannot ") + what + " '" + path + "': " + reason_of(number);
  if (number == ENOSPC || number == EDQUOT || number == EAGAIN || number == ENOMEM) {
    throw RetryLater(message + "; make room");
  }
  throw Fatal(message);
}

}  // namespace

OutputFile::OutputFile(std::string path, bool append) : path_(std::move(path)) {
  if (path_ == "-") {
    fd_ = STDOUT_FILENO;
    return;
  }
  std::error_code ignored;  // what it hides, open says
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), ignored);
  fd_ =
      ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND | (append ? 0 : O_TRUNC), 0644);
  if (fd_ < 0) {
    throw Fatal("cannot write '" + path_ + "': " + reason_of(errno) +
                "; check path and who may write there");
  }
  struct stat status {};
  if (::fstat(fd_, &status) != 0 || status.st_size == 0) return;
  empty_ = false;
  char last = '\n';
  if (::pread(fd_, &last, 1, status.st_size - 1) == 1 && last != '\n') text_.append("\n");
}

OutputFile::~OutputFile() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

std::string OutputFile::first_line() const {
  std::string line;
  std::array<char, 4096> piece{};
  constexpr std::size_t most = std::size_t{1} << 20U;
  while (line.size() < most) {
    const ssize_t got = ::pread(fd_, piece.data(), piece.size(), static_cast<off_t>(line.size()));
    if (got <= 0) break;
    line.append(piece.data(), static_cast<std::size_t>(got));
    const std::size_t newline = line.find('\n');
    if (newline != std::string::npos) {
      line.resize(newline);
      break;
    }
  }
  return line;
}

void OutputFile::write() {
  std::size_t written = 0;
  const std::string_view text = text_.text();
  int trouble = 0;
  while (written < text.size() && trouble == 0) {
    const ssize_t put = ::write(fd_, text.data() + written, text.size() - written);
    if (put >= 0) {
      written += static_cast<std::size_t>(put);
    } else if (errno != EINTR) {
      trouble = errno;
    }
  }
  if (written > 0) empty_ = false;
  text_.erase_front(written);
  if (trouble != 0) fail(path_, "write", trouble);
}

void OutputFile::sync() {
  if (::fdatasync(fd_) == 0 || errno == EINVAL || errno == EROFS) return;  // pipes have no disk
  fail(path_, "sync", errno);
}

}  // namespace weir::file_sink
