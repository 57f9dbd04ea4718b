// SPDX-License-Identifier: Apache-2.0
#include "text_file.hpp"

#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <weir/error.hpp>

namespace weir::file_source {
namespace {

std::string reason_of(int number) { return std::generic_category().message(number); }

}  // namespace

TextFile::TextFile(std::string path, std::size_t capacity, std::size_t padding)
    : path_(std::move(path)), capacity_(capacity), padding_(padding) {
  fd_ = path_ == "-" ? STDIN_FILENO : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) {
    throw Fatal("cannot open '" + path_ + "': " + reason_of(errno) +
                "; check path, it starts at the folder of the run");
  }
  struct stat status {};
  if (::fstat(fd_, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(fd_);
    throw Fatal("'" + path_ + "' is a folder; to read all files in it say path: '" + path_ + "/*'");
  }
  regular_ = S_ISREG(status.st_mode);
  buffer_ = std::make_unique_for_overwrite<char[]>(capacity_ + padding_);
}

TextFile::~TextFile() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
}

TextFile::Fill TextFile::fill() {
  std::memmove(buffer_.get(), buffer_.get() + first_, end_ - first_);
  base_ += first_;
  end_ -= std::exchange(first_, 0);
  Fill state = Fill::more;
  while (end_ < capacity_ && !ended_) {
    pollfd waiting{fd_, POLLIN, 0};
    if (!regular_ && ::poll(&waiting, 1, 0) == 0) {
      state = Fill::would_block;
      break;
    }
    const std::size_t most = std::min<std::uint64_t>(capacity_ - end_, limit_ - base_ - end_);
    const ssize_t got = ::read(fd_, buffer_.get() + end_, most);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      state = Fill::would_block;
      break;
    }
    if (got < 0) throw Fatal("cannot read '" + path_ + "': " + reason_of(errno));
    ended_ = got == 0;
    end_ += static_cast<std::size_t>(got);
  }
  std::memset(buffer_.get() + end_, 0, padding_);
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (fresh_ && text().size() >= byte_order_mark.size()) {
    fresh_ = false;
    if (text().starts_with(byte_order_mark)) use(byte_order_mark.size());
  }
  return ended_ ? Fill::end : state;
}

void TextFile::seek(std::uint64_t offset) {
  if (::lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0)
    throw Fatal("cannot go on in '" + path_ + "': " + reason_of(errno));
  base_ = offset;
  limit_ = std::numeric_limits<std::uint64_t>::max();
  first_ = end_ = 0;
  fresh_ = ended_ = false;
}

std::vector<std::string> files_of(const std::string& path) {
  if (path.find_first_of("*?[") == std::string::npos) return {path};
  glob_t found{};
  const int status = ::glob(path.c_str(), GLOB_ERR | GLOB_MARK, nullptr, &found);
  std::vector<std::string> files;
  for (std::size_t i = 0; status == 0 && i < found.gl_pathc; ++i) {
    const std::string file = found.gl_pathv[i];
    if (!file.ends_with('/')) files.push_back(file);
  }
  ::globfree(&found);
  if (files.empty())
    throw Fatal("no file matches '" + path + "'; check path, it starts at the folder of the run");
  return files;
}

}  // namespace weir::file_source
