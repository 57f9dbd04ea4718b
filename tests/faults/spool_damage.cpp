// SPDX-License-Identifier: Apache-2.0
// Damages a spool and reads it: each segment cut at every byte, and single bits flipped in every
// file. Goal: all intact records back, every loss counted to the row, never a wrong value.
//
// usage: spool_damage [--full]     (small: 30 records, 10 000 flips; full: 400 records, 1 000 000)
#include <cstdio>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/delivery/frame.hpp"
#include "core/delivery/segment_name.hpp"
#include "core/delivery/spool.hpp"
#include "tests/support/simulated_filesystem.hpp"
#include "tests/support/spool_model.hpp"

namespace {

using namespace weir::core::delivery;
using weir::test::payload_of;
using weir::test::SimulatedFilesystem;
using Files = std::map<std::string, std::vector<std::byte>>;

constexpr const char* folder = "/spool";
constexpr SpoolLimits limits{.max_size = 1U << 20U, .segment_size = 600, .salt = 0x5EED};
constexpr std::uint64_t acknowledged = 3;

std::size_t size_of(std::uint64_t sequence) { return sequence * 37 % 120; }
std::uint32_t rows_of(std::uint64_t sequence) {
  return static_cast<std::uint32_t>(sequence % 5 + 1);
}

/// A spool of so many records, the first few of them acknowledged.
Files make_spool(std::uint64_t records) {
  SimulatedFilesystem disk;
  const auto spool = Spool::open(folder, disk, limits);
  for (std::uint64_t s = 1; s <= records; ++s) {
    (void)spool->append(payload_of(s, size_of(s)), rows_of(s), {});
    if (s % 3 == 0 || s == records) (void)spool->sync();
  }
  for (std::uint64_t s = 1; s <= acknowledged; ++s)
    spool->acknowledge(spool->next().value->sequence);
  if (!spool->commit_position().ok()) throw std::runtime_error("cannot make a spool");
  if (!spool->commit_position().ok()) throw std::runtime_error("cannot make a spool");
  Files files;
  for (const std::string& path : disk.paths()) files[path] = disk.contents(path);
  return files;
}

struct Place {
  std::string path;
  std::size_t begin, end;
};

/// Where each record lies.
std::map<std::uint64_t, Place> places_of(const Files& files) {
  std::map<std::uint64_t, Place> places;
  for (const auto& [path, bytes] : files) {
    const auto name = parse_segment_name(path.substr(path.rfind('/') + 1));
    std::size_t at = 0;
    for (std::uint64_t s = name ? name->first : 0; name && at < bytes.size(); ++s) {
      const std::size_t end = at + frame_header_size + size_of(s);
      places[s] = {path, at, end};
      at = end;
    }
  }
  return places;
}

void expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

/// Reads the damaged spool; `damaged` are the records that cannot come back.
void check(const Files& files, std::uint64_t records, const std::set<std::uint64_t>& damaged,
           bool position_damaged) {
  SimulatedFilesystem disk;
  for (const auto& [path, bytes] : files) disk.set_contents(path, bytes);
  const auto spool = Spool::open(folder, disk, limits);
  std::set<std::uint64_t> back;
  for (;;) {
    const auto read = spool->next();
    expect(read.status.ok(), read.status.message());
    if (!read.value) break;
    const std::uint64_t s = read.value->sequence;
    expect(s >= 1 && s <= records, "a record came that never was");
    expect(read.value->payload == payload_of(s, size_of(s)), "a wrong payload");
    expect(read.value->rows == rows_of(s), "a wrong number of rows");
    expect(back.empty() || *back.rbegin() < s, "a wrong order");
    back.insert(s);
  }
  std::uint64_t lost = 0, lost_rows = 0;
  for (std::uint64_t s = acknowledged + 1; s <= records; ++s) {
    if (!damaged.contains(s)) {
      expect(back.contains(s), "record " + std::to_string(s) + " is intact and did not come back");
      continue;
    }
    expect(!back.contains(s), "record " + std::to_string(s) + " is damaged and came back");
    ++lost;
    lost_rows += rows_of(s);
  }
  const auto now = spool->statistics();
  expect(now.lost_records == lost && now.lost_rows == lost_rows,
         "lost " + std::to_string(lost) + " records of " + std::to_string(lost_rows) +
             " rows, counted " + std::to_string(now.lost_records) + " of " +
             std::to_string(now.lost_rows));
  expect(position_damaged || back.empty() || *back.begin() > acknowledged,
         "an acknowledged record came again");
}

std::uint64_t cut_everywhere(const Files& files, std::uint64_t records) {
  const auto places = places_of(files);
  std::uint64_t cuts = 0;
  for (const auto& [path, bytes] : files) {
    if (!path.ends_with(".log")) continue;
    for (std::size_t size = 0; size < bytes.size(); ++size, ++cuts) {
      Files damaged = files;
      damaged[path].resize(size);
      std::set<std::uint64_t> gone;
      for (const auto& [s, place] : places) {
        if (place.path == path && place.end > size) gone.insert(s);
      }
      try {
        check(damaged, records, gone, false);
      } catch (const std::exception& error) {
        throw std::runtime_error(path + " cut to " + std::to_string(size) + ": " + error.what());
      }
    }
  }
  return cuts;
}

void flip_bits(Files files, std::uint64_t records, std::uint64_t count) {
  const auto places = places_of(files);
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : files) {
    if (!bytes.empty()) paths.push_back(path);
  }
  std::mt19937_64 random(1);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string& path = paths[random() % paths.size()];
    auto& bytes = files[path];
    const std::size_t at = random() % bytes.size();
    const auto mask = static_cast<std::byte>(1U << (random() % 8));
    bytes[at] ^= mask;
    std::set<std::uint64_t> gone;
    for (const auto& [s, place] : places) {
      if (place.path == path && place.begin <= at && at < place.end) gone.insert(s);
    }
    try {
      check(files, records, gone, path.ends_with("position"));
    } catch (const std::exception& error) {
      throw std::runtime_error(path + " flipped at byte " + std::to_string(at) + ": " +
                               error.what());
    }
    bytes[at] ^= mask;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool full = argc == 2 && std::strcmp(argv[1], "--full") == 0;
  if (argc > 1 && !full) {
    std::fprintf(stderr, "usage: %s [--full]\n", argv[0]);
    return 2;
  }
  const std::uint64_t records = full ? 400 : 30, flips = full ? 1000000 : 10000;
  try {
    const Files files = make_spool(records);
    const std::uint64_t cuts = cut_everywhere(files, records);
    std::printf(
        "cut at every byte      %8llu spools: all intact records back, every loss counted\n",
        static_cast<unsigned long long>(cuts));
    flip_bits(files, records, flips);
    std::printf(
        "single bit flips       %8llu spools: all intact records back, every loss counted\n",
        static_cast<unsigned long long>(flips));
  } catch (const std::exception& error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
  return 0;
}
