// SPDX-License-Identifier: Apache-2.0
#include "core/state/sealed_file.hpp"

#include <span>
#include <utility>

#include "core/wire/crc32c.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

constexpr std::size_t sum_size = sizeof(std::uint32_t);

std::uint32_t checksum(std::string_view bytes) {
  return crc32c(0, std::as_bytes(std::span(bytes)));
}

}  // namespace

SealedWriter::SealedWriter(const SealedFormat& format) : bytes_(format.magic) {
  number(format.version);
}

std::string SealedWriter::seal() {
  number(checksum(bytes_));
  return std::move(bytes_);
}

SealedReader::SealedReader(std::string_view file, const SealedFormat& format)
    : subject_(format.subject), rest_(file) {
  if (!file.starts_with(format.magic))
    throw Error(std::string(subject_) + "is no " + std::string(format.name) + " of Weir");
  (void)bytes(format.magic.size());
  const auto version = number<std::uint32_t>();
  if (version != format.version) {
    throw Error(std::string(subject_) + "has format " + std::to_string(version) +
                ", this program reads format " + std::to_string(format.version));
  }
  if (rest_.size() < sum_size) damaged("it ends too early");
  const std::string_view sealed = file.substr(0, file.size() - sum_size);
  std::uint32_t sum = 0;
  std::memcpy(&sum, file.data() + sealed.size(), sum_size);
  if (sum != checksum(sealed)) damaged("its checksum does not fit");
  rest_.remove_suffix(sum_size);
}

std::string_view SealedReader::bytes(std::uint64_t count) {
  if (count > rest_.size()) damaged("it ends too early");
  const std::string_view piece = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return piece;
}

void SealedReader::end() const {
  if (!rest_.empty()) damaged("it goes on after its end");
}

void SealedReader::damaged(const char* how) const {
  throw Error(std::string(subject_) + "is damaged: " + how);
}

}  // namespace weir::core
