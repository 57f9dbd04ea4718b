// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A file read in large pieces, of which a reader takes what it can use.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::file_source {

class TextFile {
 public:
  enum class Fill : std::uint8_t { more, would_block, end };

  /// "-" is standard input. `capacity`: most bytes held at a time; `padding`: zero bytes that stay
  /// readable behind the text. Throws Fatal where the file cannot be opened or is a folder.
  TextFile(std::string path, std::size_t capacity, std::size_t padding);
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile();

  /// What has been read and not been used. Lives until the next fill.
  [[nodiscard]] std::string_view text() const { return {buffer_.get() + first_, end_ - first_}; }
  void use(std::size_t bytes) { first_ += bytes; }
  [[nodiscard]] bool full() const { return end_ - first_ == capacity_; }
  [[nodiscard]] bool ended() const { return ended_; }

  /// Reads until the buffer is full, the file ends, or (pipes, terminals) nothing is there at the
  /// moment. Throws Fatal on a read error.
  Fill fill();
  /// How much of the file has been used.
  [[nodiscard]] std::uint64_t offset() const { return base_ + first_; }
  /// Until the next seek the file ends there; before the first fill.
  void end_at(std::uint64_t offset) { limit_ = offset; }
  /// Goes on at an offset. A regular file only. Throws Fatal.
  void seek(std::uint64_t offset);
  [[nodiscard]] bool regular() const { return regular_; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::size_t capacity_;
  std::size_t padding_;
  int fd_ = -1;
  bool regular_ = false;
  bool fresh_ = true;
  bool ended_ = false;
  std::unique_ptr<char[]> buffer_;
  std::uint64_t base_ = 0;  // of the buffer, in the file
  std::uint64_t limit_ = std::numeric_limits<std::uint64_t>::max();
  std::size_t first_ = 0;
  std::size_t end_ = 0;
};

/// The files that a path means: itself, or for `*`, `?` and `[` all that match, sorted. Throws
/// Fatal if none does.
[[nodiscard]] std::vector<std::string> files_of(const std::string& path);

}  // namespace weir::file_source
