// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/spool.hpp"

#include <algorithm>
#include <mutex>
#include <random>
#include <utility>

#include "core/delivery/ledger.hpp"
#include "core/delivery/recovery.hpp"
#include "core/delivery/segment_reader.hpp"
#include "core/delivery/segment_writer.hpp"
#include "weir/error.hpp"

namespace weir::core::delivery {
namespace {

using Lock = std::lock_guard<std::mutex>;

SpoolLimits complete(SpoolLimits limits) {
  constexpr std::uint64_t least = 4096;
  constexpr std::uint64_t mib = 1U << 20U;
  if (limits.max_size < least) throw Error("the limit of a spool is at least 4 KiB");
  const std::uint64_t eighth = limits.max_size / 8;
  if (limits.segment_size == 0) limits.segment_size = std::min(eighth, 64 * mib);
  if (limits.max_unsynced == 0) limits.max_unsynced = std::min(eighth, 16 * mib);
  if (limits.segment_size > limits.max_size || limits.max_unsynced > limits.max_size) {
    throw Error("a segment and a group of a spool cannot be larger than the spool");
  }
  while (limits.salt == 0) limits.salt = std::random_device{}();
  return limits;
}

std::unique_ptr<FileLock> take(const std::string& folder, Filesystem& filesystem) {
  Status status = filesystem.make_folders(folder);
  if (!status.ok()) throw Error(status.message());
  auto lock = filesystem.lock(folder + "/lock");
  if (!lock.status.ok()) throw Error(lock.status.message());
  if (!lock.value) {
    throw Error(folder +
                " is used by another run; give each its own state folder, or stop the other");
  }
  return std::move(lock.value);
}

}  // namespace

class Spool::Impl {
 public:
  Impl(std::string folder, Filesystem& filesystem, const SpoolLimits& limits)
      : folder_(std::move(folder)),
        filesystem_(filesystem),
        limits_(complete(limits)),
        lock_(take(folder_, filesystem)),
        positions_(filesystem, folder_),
        recovered_(recover(folder_, filesystem, positions_)),
        committed_(recovered_.ledger.position.next),
        ledger_(recovered_.ledger),
        writer_(filesystem, folder_, start_of(recovered_, limits_)) {}

  [[nodiscard]] const SpoolRecovery& recovery() const { return recovered_.ledger.found; }

  AppendResult append(std::span<const std::span<const std::byte>> pieces, std::uint32_t rows,
                      Timestamp now) {
    std::uint64_t size = frame_header_size;
    for (const auto piece : pieces) size += piece.size();
    if (size > limits_.max_size || size - frame_header_size > frame_max_payload) {
      return {.result = Append::too_large};
    }
    const std::uint64_t unsynced = writer_.group().frames.size();
    if (unsynced > 0 && unsynced + size > limits_.max_unsynced) {
      return {.result = Append::sync_first};
    }
    if (!make_room(size)) return {.result = Append::full};
    const std::int64_t appended_at = now.time_since_epoch().count();
    const std::uint64_t sequence = writer_.add(pieces, rows, appended_at);
    const Lock guard(mutex_);
    ledger_.add(rows, size, appended_at);
    return {.result = Append::taken, .sequence = sequence};
  }

  Status sync() {
    if (writer_.group().empty()) return {};
    remove_garbage();
    if (writer_.has_segment() && writer_.segment_size() >= limits_.segment_size) end_segment();
    if (!writer_.has_segment()) {
      Status status = writer_.begin_segment();
      if (!status.ok()) return status;
      const Lock guard(mutex_);
      ledger_.begin_segment(writer_.segment());
    }
    Status status = writer_.write_group();
    if (status.ok()) {
      const Lock guard(mutex_);
      ledger_.sync_group(writer_.group());
      writer_.next_group();
    } else if (!writer_.has_segment()) {
      const Lock guard(mutex_);
      if (ledger_.give_up_segment()) garbage_.push_back(writer_.segment());
    }
    return status;
  }

  [[nodiscard]] std::uint64_t durable() const {
    const Lock guard(mutex_);
    return ledger_.durable_end() - 1;
  }

  Result<std::optional<SpoolRecord>> next() {
    for (;;) {
      const auto [segment, cursor] = next_segment();
      if (!segment) return {};
      Status status = read_from(segment->name);
      const bool missing = status.kind() == Status::Kind::missing;
      if (!status.ok() && !missing) return {std::move(status), std::nullopt};
      Result<std::optional<Frame>> read;
      if (!missing) read = reader_->next(segment->bytes, cursor);
      if (!read.status.ok()) return {std::move(read.status), std::nullopt};
      auto& frame = read.value;
      const Lock guard(mutex_);
      if (!ledger_.can_read(segment->name.serial)) {
        reader_.reset();  // dropped meanwhile
      } else if (!frame || frame->header.sequence >= segment->end) {
        ledger_.pass(*segment);
      } else if (frame->header.sequence >= cursor &&
                 ledger_.give(segment->name.serial, frame->header)) {
        return {{}, record_of(std::move(*frame))};
      }
    }
  }

  void rewind() {
    reader_.reset();
    const Lock guard(mutex_);
    ledger_.rewind();
  }

  void acknowledge(std::uint64_t sequence) {
    const Lock guard(mutex_);
    ledger_.acknowledge(sequence);
  }

  Status commit_position() {
    const Position position = current_position();
    if (!stored_ || position != *stored_) {
      Status status = positions_.store(position);
      if (!status.ok()) return status;
      stored_ = position;
    }
    return release(position.next);
  }

  [[nodiscard]] SpoolStatistics statistics() const {
    const Lock guard(mutex_);
    return ledger_.statistics();
  }

 private:
  static SegmentWriter::Start start_of(const Recovered& recovered, const SpoolLimits& limits) {
    return {.sequence = recovered.ledger.position.end,
            .row = recovered.ledger.position.end_row,
            .serial = recovered.next_serial,
            .salt = limits.salt};
  }

  static SpoolRecord record_of(Frame frame) {
    return {.sequence = frame.header.sequence,
            .rows = frame.header.rows,
            .appended_at = Timestamp(Duration(frame.header.appended_at)),
            .payload = std::move(frame.payload)};
  }

  [[nodiscard]] std::string path_of(const SegmentName& name) const {
    return folder_ + '/' + format_segment_name(name);
  }

  [[nodiscard]] Position current_position() const {
    const Lock guard(mutex_);
    return ledger_.position();
  }

  std::pair<std::optional<Segment>, std::uint64_t> next_segment() {
    const Lock guard(mutex_);
    auto segment = ledger_.next_to_read();
    return {segment, ledger_.cursor()};
  }

  Status read_from(const SegmentName& name) {
    if (reader_ && reader_serial_ == name.serial) return {};
    auto opened = filesystem_.open(path_of(name), Filesystem::Open::to_read);
    if (!opened.status.ok()) return opened.status;
    reader_.emplace(std::move(opened.value), name.salt);
    reader_serial_ = name.serial;
    return {};
  }

  [[nodiscard]] bool has_room(std::uint64_t size) const {
    const Lock guard(mutex_);
    return ledger_.bytes() + size <= limits_.max_size;
  }

  // Writer. By what nobody needs any more first.
  bool make_room(std::uint64_t size) {
    if (has_room(size)) return true;
    if (active_is_done()) end_segment();
    (void)release(committed());
    while (!has_room(size)) {
      if (limits_.when_full == SpoolLimits::WhenFull::block) return false;
      if (drop_oldest()) continue;
      if (!writer_.has_segment()) return false;
      end_segment();  // now it may be dropped too
    }
    return true;
  }

  [[nodiscard]] bool active_is_done() const {
    const Lock guard(mutex_);
    return ledger_.active_is_done();
  }

  [[nodiscard]] std::uint64_t committed() const {
    const Lock guard(mutex_);
    return committed_;
  }

  void end_segment() {
    writer_.end_segment();
    const Lock guard(mutex_);
    ledger_.end_segment();
  }

  // Any of the two threads.
  Status release(std::uint64_t position) {
    std::vector<SegmentName> passed;
    {
      const Lock guard(mutex_);
      committed_ = std::max(committed_, position);
      passed = ledger_.take_passed(position);
    }
    Status worst;
    for (const SegmentName& name : passed) {
      Status status = filesystem_.remove(path_of(name));
      const Lock guard(mutex_);
      ledger_.end_removal(name.serial, status.ok());
      if (!status.ok()) worst = std::move(status);
    }
    return worst;
  }

  // Writer. The tombstone is durable before the bytes go, or the gap would be taken for damage.
  bool drop_oldest() {
    std::optional<Ledger::Drop> drop;
    {
      const Lock guard(mutex_);
      drop = ledger_.take_oldest();
    }
    if (!drop) return false;
    const std::string from = path_of(drop->merged ? *drop->merged : drop->segment);
    const std::string tombstone = path_of(drop->tombstone);
    Status status = filesystem_.rename(from, tombstone);
    if (status.ok()) {
      (void)filesystem_.sync_folder(folder_);
      if (drop->merged) {
        garbage_.push_back(drop->segment);
        remove_garbage();
      } else {
        const auto file = filesystem_.open(tombstone, Filesystem::Open::to_write);
        if (file.status.ok()) (void)file.value->truncate(0);
      }
    }
    const Lock guard(mutex_);
    ledger_.end_drop(*drop, status.ok());
    return status.ok();
  }

  // Writer. Files that hold nothing of value and could not be removed yet.
  void remove_garbage() {
    std::erase_if(garbage_,
                  [&](const SegmentName& name) { return filesystem_.remove(path_of(name)).ok(); });
  }

  const std::string folder_;
  Filesystem& filesystem_;
  const SpoolLimits limits_;
  std::unique_ptr<FileLock> lock_;
  PositionFile positions_;
  Recovered recovered_;

  mutable std::mutex mutex_;
  /// Durable position; under the lock, as the ledger is.
  std::uint64_t committed_;
  Ledger ledger_;

  // The writer's.
  SegmentWriter writer_;
  std::vector<SegmentName> garbage_;

  // The reader's.
  std::optional<SegmentReader> reader_;
  std::uint32_t reader_serial_ = 0;
  std::optional<Position> stored_;
};

std::unique_ptr<Spool> Spool::open(const std::string& folder, Filesystem& filesystem,
                                   const SpoolLimits& limits) {
  return std::unique_ptr<Spool>(new Spool(std::make_unique<Impl>(folder, filesystem, limits)));
}

Spool::Spool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Spool::~Spool() = default;

const SpoolRecovery& Spool::recovery() const { return impl_->recovery(); }

AppendResult Spool::append(std::span<const std::span<const std::byte>> pieces, std::uint32_t rows,
                           Timestamp now) {
  return impl_->append(pieces, rows, now);
}

AppendResult Spool::append(std::span<const std::byte> payload, std::uint32_t rows, Timestamp now) {
  return impl_->append({&payload, 1}, rows, now);
}

Status Spool::sync() { return impl_->sync(); }
std::uint64_t Spool::durable() const { return impl_->durable(); }
Result<std::optional<SpoolRecord>> Spool::next() { return impl_->next(); }
void Spool::rewind() { impl_->rewind(); }
void Spool::acknowledge(std::uint64_t sequence) { impl_->acknowledge(sequence); }
Status Spool::commit_position() { return impl_->commit_position(); }
SpoolStatistics Spool::statistics() const { return impl_->statistics(); }

}  // namespace weir::core::delivery
