// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Text that grows at its end without being filled twice.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace weir::rows {

class TextBuffer {
 public:
  /// Where to write: `size` bytes may be written before the next call; then say end_at().
  [[nodiscard]] char* room(std::size_t size) {
    if (capacity_ - size_ < size) grow(size);
    return bytes_.get() + size_;
  }
  /// The text ends here now.
  void end_at(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.get()); }

  void append(std::string_view text) {
    char* at = room(text.size());
    std::copy(text.begin(), text.end(), at);
    size_ += text.size();
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.get(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }
  void erase_front(std::size_t count) {
    size_ -= count;
    std::memmove(bytes_.get(), bytes_.get() + count, size_);
  }

 private:
  void grow(std::size_t size) {
    const std::size_t wanted = std::max(size_ + size, capacity_ + capacity_ / 2);
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    std::copy_n(bytes_.get(), size_, larger.get());
    bytes_ = std::move(larger);
    capacity_ = wanted;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace weir::rows
