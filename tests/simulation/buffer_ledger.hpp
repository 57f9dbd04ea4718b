// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What is known for certain of one sink's buffer on disk, record by record, over all lives: what
/// its writer called durable, what its reader gave, what was acknowledged. Each broken promise is a
/// line. Pure.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/ledger.hpp"

namespace weir::simulation {

class BufferLedger {
 public:
  struct Record {
    std::uint32_t input = 0;
    std::vector<Id> ids;
    bool operator==(const Record&) const = default;
  };
  /// By number.
  using Records = std::map<std::uint64_t, Record>;

  void begin_life();

  // The writer.
  void appended(std::uint64_t number, Record record);
  /// Its flush said ok: all that was appended before is durable.
  void flushed();
  /// The power went in the middle of an append: a drop may be on the disk and in no count.
  void cut_in_append() { uncounted_drop_ = true; }

  // The reader.
  void begin_reading() { last_given_ = 0; }
  void given(std::uint64_t number, const Record& record);
  void acknowledged(std::uint64_t number);

  // The ends of lives.
  /// Whatever was acknowledged is at the sink's server or in its dead letters; the sink has stored
  /// in the order in which it was given. `order` of the sink in this life, by input.
  void check_life(const std::set<Id>& stored, const std::set<Id>& letters,
                  const std::map<std::uint32_t, std::vector<Id>>& order);
  /// The life had a clean end on a disk without trouble: its position is durable.
  void position_is_durable();
  /// `left`: what the buffer still gave after the last life. `dropped`: rows that the engine
  /// counted as dropped by the buffer. `exact`: no power was cut and the disk never failed.
  void check_end(const Records& left, std::uint64_t dropped, bool exact);

  /// Rows that flushes of this life have called durable, and their order by input.
  [[nodiscard]] const Rows& flushed_rows() const { return flushed_; }
  [[nodiscard]] const std::map<std::uint32_t, std::vector<Id>>& flushed_order() const {
    return flushed_order_;
  }
  /// What feeds it was told that the row is durable.
  [[nodiscard]] bool promised(Id id) const { return promised_.contains(id); }
  /// After check_end: rows that its drops have taken, all of them counted.
  [[nodiscard]] const std::set<Id>& dropped() const { return dropped_; }
  [[nodiscard]] std::vector<std::string> take_broken();

 private:
  struct Entry {
    Record record;
    bool durable = false;
    bool done = false;
  };
  void break_promise(std::uint64_t number, const std::string& how);

  std::map<std::uint64_t, Entry> entries_;
  std::set<Id> promised_;
  std::set<Id> dropped_;
  std::uint64_t position_ = 1;  ///< nothing before it may come again
  bool uncounted_drop_ = false;
  // Of this life.
  std::vector<std::uint64_t> pending_;
  std::set<std::uint64_t> acknowledged_;
  std::uint64_t first_given_ = 0;
  std::uint64_t last_given_ = 0;
  std::map<std::uint32_t, std::vector<Id>> given_order_;
  Rows flushed_;
  std::map<std::uint32_t, std::vector<Id>> flushed_order_;
  std::vector<std::string> broken_;
};

}  // namespace weir::simulation
