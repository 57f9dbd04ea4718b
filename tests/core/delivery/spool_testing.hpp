// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A spool of small records on a simulated disk.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/delivery/spool.hpp"
#include "tests/support/simulated_filesystem.hpp"
#include "tests/support/spool_model.hpp"

namespace weir::core::delivery {

class SpoolTest : public ::testing::Test {
 protected:
  static constexpr const char* folder = "/spool";
  using Operation = test::SimulatedFilesystem::Operation;

  void open() {
    spool.reset();
    spool = Spool::open(folder, disk, limits);
  }
  /// The power goes and comes back.
  void power_cut() {
    disk.crash();
    spool.reset();
    disk.power_on();
    open();
  }
  /// A record of 100 bytes and 10 rows, whose bytes follow from `id`.
  AppendResult append(std::uint64_t id) {
    return spool->append(test::payload_of(id, 100), 10, Timestamp(std::chrono::seconds(id)));
  }
  /// So many records, each made durable; ids are sequences where nothing was appended before.
  void fill(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t id = from; id <= to; ++id) {
      ASSERT_EQ(append(id).result, Append::taken) << id;
      ASSERT_TRUE(spool->sync().ok()) << id;
    }
  }
  /// Sequences of all that can be read, each checked to have the payload of its number.
  std::vector<std::uint64_t> read_all() {
    std::vector<std::uint64_t> sequences;
    for (;;) {
      auto read = spool->next();
      EXPECT_TRUE(read.status.ok()) << read.status.message();
      if (!read.value) return sequences;
      EXPECT_EQ(read.value->payload, test::payload_of(read.value->sequence, 100));
      sequences.push_back(read.value->sequence);
    }
  }
  std::vector<std::string> segments() {
    auto paths = disk.paths();
    std::erase_if(paths, [](const std::string& path) { return !path.ends_with(".log"); });
    return paths;
  }

  test::SimulatedFilesystem disk;
  SpoolLimits limits{.max_size = 1U << 20U, .segment_size = 500, .salt = 7};
  std::unique_ptr<Spool> spool;
};

inline std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> numbers;
  for (; from <= to; ++from) numbers.push_back(from);
  return numbers;
}

}  // namespace weir::core::delivery
