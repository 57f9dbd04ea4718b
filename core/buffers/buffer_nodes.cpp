// SPDX-License-Identifier: Apache-2.0
#include "core/buffers/buffer_nodes.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "core/wire/batch_bytes.hpp"
#include "weir/error.hpp"

namespace weir::core::buffers {
namespace {

using delivery::Append;
using delivery::Status;

// A record: the number of the input, in 8 bytes so that the batch behind it is aligned.
constexpr std::size_t head_size = 8;
constexpr Duration ask_again = std::chrono::milliseconds{200};

[[noreturn]] void wait_for(const Status& trouble) {
  throw RetryLater(trouble.message(), ask_again);
}

std::span<const std::byte> bytes_of(std::uint64_t& number) {
  return std::as_bytes(std::span(&number, 1));
}

class Writer final : public NodeInstance {
 public:
  Writer(std::shared_ptr<Buffer> buffer, const weir_host& host)
      : buffer_(std::move(buffer)),
        host_(&host),
        dropped_(buffer_->spool->statistics().dropped_rows) {
    // One that was replaced with its pipeline has said its last; this one has not.
    buffer_->ended.store(false);
  }

  void open() override {}
  [[nodiscard]] Next produce(Emitter&) override { throw Error("a buffer is no source"); }

  void process(std::uint32_t input, const Batch& batch, Emitter&) override {
    bytes_.resize(encoded_size(batch));
    encode_into(batch, bytes_);
    std::uint64_t head = input;
    const std::array<std::span<const std::byte>, 2> pieces{bytes_of(head), bytes_};
    const auto rows = static_cast<std::uint32_t>(
        std::min<std::size_t>(batch.rows(), std::numeric_limits<std::uint32_t>::max()));
    const Timestamp now{Duration{host_->now(host_->self)}};
    Append result = buffer_->spool->append(pieces, rows, now).result;
    if (result == Append::sync_first) {
      sync();
      result = buffer_->spool->append(pieces, rows, now).result;
    }
    const std::uint64_t dropped = buffer_->spool->statistics().dropped_rows;
    if (dropped > dropped_) host_->count(host_->self, "dropped_rows", dropped - dropped_);
    dropped_ = dropped;
    if (result == Append::taken) {
      owes_flush_ = true;
      return;
    }
    if (result == Append::too_large)
      throw Rejected("a batch of " + std::to_string(bytes_.size()) +
                     " bytes does not fit into the buffer " + buffer_->folder +
                     "; raise its max_size");
    // What was taken in before is flushed first: it is not for the dead letters.
    if (buffer_->left.load() && !owes_flush_ && buffer_->settings.when_full == WhenFull::block)
      throw Fatal("the buffer " + buffer_->folder +
                  " is full, and its sink has failed for good; mend the sink, then its rows are "
                  "stored");
    throw RetryLater("the buffer " + buffer_->folder + " is full: waits until rows are stored",
                     ask_again);
  }

  void end_input(std::uint32_t, Emitter&) override {}
  void on_time(Timestamp, Emitter&) override {}

  void flush() override {
    sync();
    owes_flush_ = false;
  }

  void finish(Reason, Emitter&) override {
    flush();
    buffer_->ended.store(true);
  }

 private:
  void sync() {
    const Status status = buffer_->spool->sync();
    if (!status.ok()) wait_for(status);
  }

  std::shared_ptr<Buffer> buffer_;
  const weir_host* host_;
  std::vector<std::byte> bytes_;
  bool owes_flush_ = false;  // of rows that were taken
  std::uint64_t dropped_ = 0;
};

class Reader final : public NodeInstance {
 public:
  Reader(std::shared_ptr<Buffer> buffer, const weir_host& host, std::size_t outputs)
      : buffer_(std::move(buffer)), host_(&host), outputs_(outputs) {
    // What an instance before this one held is given again.
    buffer_->spool->rewind();
    buffer_->left.store(false);
    lost_ = buffer_->spool->statistics().lost_rows;
  }

  void open() override {}

  [[nodiscard]] Next produce(Emitter& emitter) override {
    commit_when_due();
    const bool last = buffer_->ended.load();
    auto found = buffer_->spool->next();
    if (!found.status.ok()) wait_for(found.status);
    count_lost();
    if (found.value) {
      give(std::move(*found.value), emitter);
      return Again{};
    }
    if (last) return End{};
    return Wait{
        uncommitted_ ? Timestamp{Duration{host_->now(host_->self)}} + ask_again : Timestamp::max(),
        -1};
  }

  void process(std::uint32_t, const Batch&, Emitter&) override {
    throw Error("a replay has no inputs");
  }
  void end_input(std::uint32_t, Emitter&) override {}
  void on_time(Timestamp, Emitter&) override {}
  void flush() override {}
  void finish(Reason reason, Emitter&) override {
    finished_ = true;
    commit();
    // While the run goes on, only the end of its sink ends it before the writer.
    if (reason != Reason::ended || buffer_->ended.load()) return;
    // Nobody holds a record any more, so that a buffer that may drop can.
    buffer_->spool->rewind();
    buffer_->left.store(true);
  }

  [[nodiscard]] bool takes_acknowledgements() const override { return true; }
  void acknowledge(std::span<const std::uint64_t> tokens) override {
    for (const std::uint64_t sequence : tokens) buffer_->spool->acknowledge(sequence);
    uncommitted_ = true;
    commit_when_due();
  }

 private:
  void give(delivery::SpoolRecord record, Emitter& emitter) {
    auto bytes = std::make_shared<std::vector<std::byte>>(std::move(record.payload));
    std::uint64_t input = 0;
    try {
      if (bytes->size() < head_size) throw Error("it is too short");
      std::memcpy(&input, bytes->data(), head_size);
      Batch batch = decode_in_place(std::span(*bytes).subspan(head_size), bytes);
      // The sink has fewer inputs than when the rows were written; it stores them all the same.
      if (input >= outputs_) input = outputs_ - 1;
      emitter.emit_tracked(static_cast<std::uint32_t>(input), std::move(batch), record.sequence);
    } catch (const Error& problem) {
      // Intact by its checksum, so written by another version of this program.
      const std::string line = "a batch of " + std::to_string(record.rows) + " rows in " +
                               buffer_->folder +
                               " cannot be read and is left out: " + problem.what();
      host_->log(host_->self, WEIR_LOG_ERROR, line.data(), line.size());
      host_->count(host_->self, "unreadable_rows", record.rows);
      buffer_->spool->acknowledge(record.sequence);
      uncommitted_ = true;
    }
  }

  void count_lost() {
    const std::uint64_t lost = buffer_->spool->statistics().lost_rows;
    if (lost <= lost_) return;
    host_->count(host_->self, "lost_rows", lost - lost_);
    const std::string line = std::to_string(lost - lost_) + " rows in " + buffer_->folder +
                             " were damaged and could not be read";
    host_->log(host_->self, WEIR_LOG_ERROR, line.data(), line.size());
    lost_ = lost;
  }

  // One fdatasync for many acknowledgements; what is not committed when the power goes is stored
  // twice, under the same series and time.
  void commit_when_due() {
    if (!uncommitted_) return;
    const Duration now{host_->monotonic(host_->self)};
    if (!finished_ && now - committed_at_ < ask_again) return;
    committed_at_ = now;
    commit();
  }
  void commit() {
    const Status status = buffer_->spool->commit_position();
    if (status.ok()) {
      uncommitted_ = false;
    } else if (!std::exchange(told_, true)) {
      host_->log(host_->self, WEIR_LOG_WARNING, status.message().data(), status.message().size());
    }
    told_ = told_ && !status.ok();
  }

  std::shared_ptr<Buffer> buffer_;
  const weir_host* host_;
  std::size_t outputs_;
  bool uncommitted_ = false;
  bool finished_ = false;
  bool told_ = false;
  Duration committed_at_{Duration::min() / 2};
  std::uint64_t lost_ = 0;
};

}  // namespace

std::unique_ptr<NodeInstance> make_buffer_writer(std::shared_ptr<Buffer> buffer,
                                                 const weir_host& host) {
  return std::make_unique<Writer>(std::move(buffer), host);
}

std::unique_ptr<NodeInstance> make_buffer_reader(std::shared_ptr<Buffer> buffer,
                                                 const weir_host& host, std::size_t outputs) {
  return std::make_unique<Reader>(std::move(buffer), host, outputs);
}

}  // namespace weir::core::buffers
