// SPDX-License-Identifier: Apache-2.0
// A spool's folder that somebody else wrote. The first byte says how the rest is used: as a
// segment, as the position, or as a list of damages to a good spool, of which no wrong record may
// come.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/delivery/spool.hpp"
#include "tests/support/simulated_filesystem.hpp"
#include "weir/error.hpp"

namespace {

using namespace weir::core::delivery;
using weir::test::SimulatedFilesystem;
using ByteVector = std::vector<std::byte>;

constexpr const char* folder = "/spool";
constexpr const char* segment = "/spool/0000000000000001-0000000000000000-00000001-00000007.log";
constexpr const char* position = "/spool/position";
constexpr SpoolLimits limits{.max_size = 1U << 20U, .segment_size = 200, .salt = 7};

ByteVector payload_of(std::uint64_t sequence) {
  return ByteVector(sequence * 13, static_cast<std::byte>(sequence));
}

std::map<std::string, ByteVector> make_good() {
  SimulatedFilesystem disk;
  const auto spool = Spool::open(folder, disk, limits);
  for (std::uint64_t s = 1; s <= 6; ++s) {
    (void)spool->append(payload_of(s), 2, {});
    if (!spool->sync().ok()) std::abort();
  }
  if (!spool->commit_position().ok()) std::abort();
  std::map<std::string, ByteVector> files;
  for (const auto& path : disk.paths()) files[path] = disk.contents(path);
  return files;
}

/// Opens, reads, acknowledges and works on. `known`: records can only be those of make_good().
void use(SimulatedFilesystem& disk, bool known) {
  for (int life = 0; life < 2; ++life) {
    const auto spool = Spool::open(folder, disk, limits);
    for (;;) {
      const auto read = spool->next();
      if (!read.status.ok()) std::abort();
      if (!read.value) break;
      const std::uint64_t s = read.value->sequence;
      if (known && life == 0 && (s > 6 || read.value->payload != payload_of(s))) std::abort();
      spool->acknowledge(s);
    }
    if (spool->statistics().waiting_records != 0) std::abort();
    if (!spool->commit_position().ok()) std::abort();
    if (spool->append(ByteVector(5), 1, {}).result != Append::taken) std::abort();
    if (!spool->sync().ok()) std::abort();
    if (!spool->next().value) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto good = make_good();
  if (size < 2) return 0;
  const auto rest = std::as_bytes(std::span(data, size)).subspan(1);
  SimulatedFilesystem disk;
  if (data[0] % 3 == 2) {
    auto files = good;
    // Four bytes a damage: which file, where (two), and what is changed there; 0 cuts.
    for (std::size_t i = 0; i + 4 <= rest.size(); i += 4) {
      auto file = std::next(files.begin(), std::to_integer<std::uint8_t>(rest[i]) %
                                               static_cast<std::ptrdiff_t>(files.size()));
      auto& bytes = file->second;
      if (bytes.empty()) continue;
      const std::size_t at = (std::to_integer<std::size_t>(rest[i + 1]) << 8U |
                              std::to_integer<std::size_t>(rest[i + 2])) %
                             bytes.size();
      if (rest[i + 3] == std::byte{}) {
        bytes.resize(at);
      } else {
        bytes[at] ^= rest[i + 3];
      }
    }
    for (const auto& [path, bytes] : files) disk.set_contents(path, bytes);
    use(disk, true);
    return 0;
  }
  disk.set_contents(data[0] % 3 == 0 ? segment : position, {rest.begin(), rest.end()});
  try {
    use(disk, false);
  } catch (const weir::Error&) {
    // A position that is right in itself may be one that no spool can go on from.
  }
  return 0;
}
