// SPDX-License-Identifier: Apache-2.0
#include "saved_bytes.hpp"

#include <libdeflate.h>

#include <bit>
#include <utility>
#include <weir/error.hpp>

namespace weir::model_parts {
namespace {

static_assert(std::endian::native == std::endian::little);

std::uint32_t checksum(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

}  // namespace

BytesWriter::BytesWriter(std::string_view magic, std::uint32_t version) : bytes_(magic) {
  put(version);
}

void BytesWriter::put_text(std::string_view text) {
  put_size(text.size());
  bytes_.append(text);
}

std::string BytesWriter::seal() {
  put(checksum(bytes_));
  return std::exchange(bytes_, {});
}

BytesReader::BytesReader(std::string_view bytes, std::string_view magic, std::uint32_t version,
                         std::string owner, std::string advice)
    : owner_(std::move(owner)), advice_(std::move(advice)) {
  if (bytes.substr(0, magic.size()) != magic) refuse("do not begin with " + std::string(magic));
  left_ = bytes.substr(magic.size());
  const auto found = take<std::uint32_t>();
  if (found != version) {
    refuse("are of version " + std::to_string(found) + ", this plugin reads version " +
           std::to_string(version));
  }
  if (left_.size() < sizeof(std::uint32_t)) refuse("end too early");
  std::uint32_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
  if (sum != checksum(bytes.substr(0, bytes.size() - sizeof sum)))
    refuse("are damaged: the checksum is wrong");
  left_.remove_suffix(sizeof sum);
}

std::size_t BytesReader::take_size(std::size_t most) {
  const auto size = take<std::uint64_t>();
  if (size > most) refuse("name a size of " + std::to_string(size) + " that cannot be");
  return size;
}

std::string_view BytesReader::take_text() { return take_raw(take_size(left_.size())); }

std::string_view BytesReader::take_raw(std::size_t size) {
  if (size > left_.size()) refuse("end too early");
  const std::string_view taken = left_.substr(0, size);
  left_.remove_prefix(size);
  return taken;
}

void BytesReader::end() const {
  if (!left_.empty()) refuse("go on after their end");
}

void BytesReader::refuse(const std::string& why) const {
  throw Error("the bytes of " + owner_ + " " + why + advice_);
}

}  // namespace weir::model_parts
