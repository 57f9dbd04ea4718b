// SPDX-License-Identifier: Apache-2.0
#include "position.hpp"

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <fstream>
#include <utility>
#include <weir/error.hpp>

#include "saved_bytes.hpp"

namespace weir::file_source {
namespace {

constexpr std::string_view magic = "WEIRFILE";
constexpr std::size_t looked_at = 4096;

/// Of the first and the last bytes before `offset`. nullopt: the file has no such bytes.
std::optional<std::uint32_t> sum_before(const std::string& path, std::uint64_t offset) {
  std::ifstream file(path, std::ios::binary);
  const std::uint64_t size = std::min<std::uint64_t>(offset, looked_at);
  boost::crc_32_type sum;
  for (const std::uint64_t begin : {std::uint64_t{0}, offset - size}) {
    std::array<char, looked_at> bytes{};
    file.seekg(static_cast<std::streamoff>(begin));
    if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) return std::nullopt;
    sum.process_bytes(bytes.data(), size);
  }
  return sum.checksum();
}

}  // namespace

std::uint64_t Progress::begin(Position end, std::size_t batches) {
  open_.push_back({std::move(end), batches});
  return first_ + open_.size() - 1;
}

void Progress::acknowledge(std::span<const std::uint64_t> tokens) {
  for (const std::uint64_t token : tokens) {
    if (token < first_ || token - first_ >= open_.size()) continue;
    Open& open = open_[token - first_];
    if (open.batches > 0) --open.batches;
  }
  while (!open_.empty() && open_.front().batches == 0) {
    stored_ = std::move(open_.front().end);
    open_.pop_front();
    ++first_;
  }
}

std::string save(const Position& position) {
  const auto sum = sum_before(position.file, position.offset);
  if (!sum) throw Error("'" + position.file + "' is gone or has become shorter");
  model_parts::BytesWriter writer(magic, 1);
  writer.put_text(position.file);
  writer.put(position.offset);
  writer.put(position.line);
  writer.put(position.learned);
  writer.put(*sum);
  return writer.seal();
}

Position load_position(std::string_view bytes) {
  model_parts::BytesReader reader(bytes, magic, 1, "the file-source", "");
  Position position;
  position.file = reader.take_text();
  position.offset = reader.take<std::uint64_t>();
  position.line = reader.take<std::uint64_t>();
  position.learned = reader.take<std::uint64_t>();
  const auto sum = reader.take<std::uint32_t>();
  reader.end();
  if (position.line == 0) reader.refuse("hold a line that cannot be");
  const auto found = sum_before(position.file, position.offset);
  if (!found) throw Error("'" + position.file + "' is gone or shorter than what was read of it");
  if (*found != sum)
    throw Error("'" + position.file + "' is not the file that was read: its contents differ");
  return position;
}

}  // namespace weir::file_source
