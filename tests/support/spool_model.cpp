// SPDX-License-Identifier: Apache-2.0
#include "tests/support/spool_model.hpp"

#include <algorithm>
#include <iterator>

#include "weir/error.hpp"

namespace weir::test {

using core::delivery::Append;
using core::delivery::Spool;
using core::delivery::SpoolLimits;
using core::delivery::SpoolRecord;
using core::delivery::SpoolStatistics;

namespace {

void expect(bool holds, const std::string& promise) {
  if (!holds) throw BrokenPromise(promise);
}

std::string record_name(std::uint64_t sequence) { return "record " + std::to_string(sequence); }

}  // namespace

std::vector<std::byte> payload_of(std::uint64_t id, std::size_t size) {
  std::mt19937_64 random(id);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

SpoolModel::SpoolModel(SimulatedFilesystem& disk, const SpoolLimits& limits)
    : disk_(disk), limits_(limits) {}

bool SpoolModel::open() {
  try {
    spool_ = Spool::open(folder, disk_, limits_);
  } catch (const Error&) {
    return false;
  }
  held_.clear();
  acknowledged_.clear();
  last_read_ = 0;
  dropped_before_ = 0;
  const auto& found = spool_->recovery();
  expect(!found.position_lost, "the position was lost");
  if (limits_.when_full == SpoolLimits::WhenFull::block) {
    expect(found.lost_records <= unsynced_at_closes_,
           "recovery misses " + std::to_string(found.lost_records) + " records, of which only " +
               std::to_string(unsynced_at_closes_) + " were not durable");
  }
  return true;
}

void SpoolModel::close() {
  if (!spool_) return;
  spool_.reset();
  unsynced_at_closes_ += pending_.size();
  pending_.clear();
}

void SpoolModel::step(std::mt19937_64& random) {
  if (!spool_ && !open()) return;
  const auto choice = random() % 100;
  if (choice < 35) {
    append(random);
  } else if (choice < 55) {
    sync();
  } else if (choice < 75) {
    (void)read();
  } else if (choice < 88) {
    if (held_.empty()) return;
    acknowledge(*std::next(held_.begin(), static_cast<std::ptrdiff_t>(random() % held_.size())));
  } else if (choice < 94) {
    commit();
  } else if (choice < 97) {
    rewind();
  } else {
    sync();
    commit();
    close();
    return;
  }
  check_counts();
}

void SpoolModel::append(std::mt19937_64& random) {
  const Content content{
      .id = next_id_++, .size = random() % 400, .rows = static_cast<std::uint32_t>(random() % 6)};
  const auto payload = payload_of(content.id, content.size);
  const std::span<const std::byte> whole(payload);
  const std::size_t half = whole.size() / 2;
  const std::array pieces{whole.first(half), whole.subspan(half)};
  const auto result =
      spool_->append(pieces, content.rows, Timestamp(Duration(static_cast<int64_t>(content.id))));
  if (disk_.crashed()) crashed_in_append_ = true;
  if (result.result == Append::sync_first) sync();
  if (result.result != Append::taken) return;
  expect(!promised_.contains(result.sequence),
         record_name(result.sequence) + " was given away twice");
  content_[result.sequence] = content;
  pending_.push_back(result.sequence);
}

void SpoolModel::sync() {
  if (!spool_->sync().ok()) return;
  expect(!disk_.crashed() || pending_.empty(), "a sync without power was called durable");
  promises_ += pending_.size();
  promised_.insert(pending_.begin(), pending_.end());
  pending_.clear();
}

void SpoolModel::check(const SpoolRecord& record) const {
  const std::string name = record_name(record.sequence);
  const auto known = content_.find(record.sequence);
  expect(known != content_.end(), name + " was given and never appended");
  const Content& content = known->second;
  expect(record.payload == payload_of(content.id, content.size), name + " has a wrong payload");
  expect(record.rows == content.rows, name + " has a wrong number of rows");
  expect(record.appended_at == Timestamp(Duration(static_cast<int64_t>(content.id))),
         name + " has a wrong time");
  expect(record.sequence > last_read_, name + " came out of order");
  expect(record.sequence >= committed_, name + " came again behind a durable position");
  expect(!acknowledged_.contains(record.sequence), name + " came again after it was acknowledged");
}

bool SpoolModel::read() {
  const auto result = spool_->next();
  if (!result.status.ok() || !result.value) return false;
  check(*result.value);
  const std::uint64_t sequence = result.value->sequence;
  if (limits_.when_full == SpoolLimits::WhenFull::block) {
    const auto missed = promised_.upper_bound(last_read_);
    const bool all = std::none_of(missed, promised_.lower_bound(sequence),
                                  [&](std::uint64_t s) { return !held_.contains(s); });
    expect(all, record_name(sequence) + " came before an older one that was promised");
  }
  last_read_ = sequence;
  held_.insert(sequence);
  return true;
}

void SpoolModel::acknowledge(std::uint64_t sequence) {
  spool_->acknowledge(sequence);
  held_.erase(sequence);
  acknowledged_.insert(sequence);
  promised_.erase(sequence);
}

void SpoolModel::commit() {
  const bool done = spool_->commit_position().ok();
  if (!done) return;
  std::uint64_t floor = last_read_ + 1;
  if (!held_.empty()) floor = std::min(floor, *held_.begin());
  if (!promised_.empty()) floor = std::min(floor, *promised_.begin());
  committed_ = std::max(committed_, floor);
}

void SpoolModel::rewind() {
  spool_->rewind();
  if (!held_.empty()) last_read_ = *held_.begin() - 1;
  held_.clear();
}

void SpoolModel::check_counts() {
  const SpoolStatistics now = spool_->statistics();
  const auto& found = spool_->recovery();
  const std::uint64_t lost = now.lost_records - found.lost_records;
  dropped_ += now.dropped_records - dropped_before_;
  dropped_before_ = now.dropped_records;
  expect(now.unsynced_records == pending_.size(), "the number of unsynced records is wrong");
  expect(now.held_records == held_.size(), "the number of held records is wrong");
  expect(lost <= unsynced_at_closes_, "a loss was counted on a disk that loses nothing");
  expect(now.waiting_records + now.acknowledged_records + now.dropped_records + lost ==
             found.records + now.appended_records,
         "records in and out do not add up");
  const std::uint64_t lost_rows = now.lost_rows - found.lost_rows;
  expect(now.waiting_rows + now.acknowledged_rows + now.dropped_rows + lost_rows ==
             found.rows + now.appended_rows,
         "rows in and out do not add up");
  expect((now.waiting_records > 0) == now.oldest.has_value(), "the oldest record has no time");
}

std::uint64_t SpoolModel::drain() {
  disk_.heal();
  close();
  expect(open(), "a disk that works is refused");
  check_counts();
  std::uint64_t count = 0;
  while (read()) {
    ++count;
    acknowledge(last_read_);
    check_counts();
  }
  // What recovery gave beyond the promises is allowed: it was written, and nobody said so.
  const bool may_drop = limits_.when_full == SpoolLimits::WhenFull::drop_oldest;
  if (!may_drop) {
    expect(promised_.empty(),
           promised_.empty() ? "" : record_name(*promised_.begin()) + " was promised and is gone");
  } else if (!crashed_in_append_) {
    expect(promised_.size() <= dropped_, "more records are gone than were counted as dropped");
  }
  promised_.clear();
  expect(spool_->statistics().waiting_records == 0, "all was read, and yet some wait");
  commit();
  std::mt19937_64 random(1);
  append(random);
  sync();
  expect(promised_.size() == 1 && read(), "the spool does not work on");
  acknowledge(last_read_);
  commit();
  close();
  expect(open(), "a spool that was emptied cannot be opened");
  expect(spool_->recovery().records == 0 && spool_->recovery().lost_records == 0,
         "an emptied spool is not empty");
  close();
  return count;
}

}  // namespace weir::test
