// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a spool has promised, kept beside a real one that works on a simulated disk: whatever
/// happens to the disk, each answer of the spool is held against it.

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/delivery/spool.hpp"
#include "tests/support/simulated_filesystem.hpp"

namespace weir::test {

/// The spool broke a promise; the message says which.
class BrokenPromise : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Any bytes, but the same for the same number.
[[nodiscard]] std::vector<std::byte> payload_of(std::uint64_t id, std::size_t size);

/// Throws BrokenPromise from any function.
class SpoolModel {
 public:
  static constexpr const char* folder = "/spool";

  SpoolModel(SimulatedFilesystem& disk, const core::delivery::SpoolLimits& limits);

  /// False: the disk did not let it.
  bool open();
  /// One random thing that a writer or a reader does; opens the spool first where it is closed.
  void step(std::mt19937_64& random);
  /// As the end of the process: what was not synced is gone. The disk keeps running.
  void close();
  /// With a disk that works again: opens, reads all, and checks that nothing that was promised is
  /// missing and that the spool works on. Returns how many records were read.
  std::uint64_t drain();

  [[nodiscard]] std::uint64_t promises() const { return promises_; }
  /// Gone by drop_oldest, as the spool counted it.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  struct Content {
    std::uint64_t id = 0;
    std::size_t size = 0;
    std::uint32_t rows = 0;
  };
  void append(std::mt19937_64& random);
  void sync();
  bool read();
  void acknowledge(std::uint64_t sequence);
  void commit();
  void rewind();
  void check_counts();
  void check(const core::delivery::SpoolRecord& record) const;

  SimulatedFilesystem& disk_;
  core::delivery::SpoolLimits limits_;
  std::unique_ptr<core::delivery::Spool> spool_;
  std::uint64_t next_id_ = 1;
  /// What a record of that sequence may hold.
  std::map<std::uint64_t, Content> content_;
  /// Durable, and not acknowledged.
  std::set<std::uint64_t> promised_;
  /// Appended and not durable.
  std::vector<std::uint64_t> pending_;
  /// Since the last open.
  std::set<std::uint64_t> held_, acknowledged_;
  std::uint64_t last_read_ = 0;
  /// Nothing before it may be given again.
  std::uint64_t committed_ = 0;
  /// Of all ends so far: recovery names a gap until the position is past it.
  std::uint64_t unsynced_at_closes_ = 0;
  std::uint64_t promises_ = 0;
  std::uint64_t dropped_ = 0, dropped_before_ = 0;
  bool crashed_in_append_ = false;
};

}  // namespace weir::test
