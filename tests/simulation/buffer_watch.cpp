// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/buffer_watch.hpp"

#include <utility>
#include <vector>

namespace weir::simulation {
namespace {

using core::Emitter;
using core::NodeInstance;

/// Does nothing but pass calls on.
class Watched : public NodeInstance {
 public:
  explicit Watched(std::unique_ptr<NodeInstance> real, BufferLedger& ledger)
      : real_(std::move(real)), ledger_(ledger) {}

  void open() override { real_->open(); }
  Next produce(Emitter& out) override { return real_->produce(out); }
  void process(std::uint32_t input, const Batch& batch, Emitter& out) override {
    real_->process(input, batch, out);
  }
  void end_input(std::uint32_t input, Emitter& out) override { real_->end_input(input, out); }
  void on_time(Timestamp now, Emitter& out) override { real_->on_time(now, out); }
  void flush() override { real_->flush(); }
  void finish(Reason reason, Emitter& out) override { real_->finish(reason, out); }
  [[nodiscard]] bool takes_acknowledgements() const override {
    return real_->takes_acknowledgements();
  }
  void acknowledge(std::span<const std::uint64_t> tokens) override { real_->acknowledge(tokens); }

 protected:
  NodeInstance& real() { return *real_; }
  BufferLedger& ledger() { return ledger_; }

 private:
  std::unique_ptr<NodeInstance> real_;
  BufferLedger& ledger_;
};

class Writer final : public Watched {
 public:
  Writer(std::unique_ptr<NodeInstance> real, BufferLedger& ledger,
         std::function<std::uint64_t()> last_number, std::function<bool()> power_is_off)
      : Watched(std::move(real), ledger),
        last_number_(std::move(last_number)),
        power_is_off_(std::move(power_is_off)) {}

  void process(std::uint32_t input, const Batch& batch, Emitter& out) override {
    try {
      real().process(input, batch, out);
    } catch (...) {
      if (power_is_off_()) ledger().cut_in_append();
      throw;
    }
    if (power_is_off_()) ledger().cut_in_append();
    ledger().appended(last_number_(), {input, ids_of(batch)});
  }
  void flush() override {
    real().flush();
    ledger().flushed();
  }

 private:
  std::function<std::uint64_t()> last_number_;
  std::function<bool()> power_is_off_;
};

/// Passes on, and keeps what was given until it is known that the call has succeeded.
class Listener final : public Emitter {
 public:
  struct Given {
    std::uint32_t port;
    Batch batch;
    std::uint64_t token;
  };
  explicit Listener(Emitter& real) : real_(real) {}
  void emit(std::uint32_t port, Batch batch) override { real_.emit(port, std::move(batch)); }
  void emit_tracked(std::uint32_t port, Batch batch, std::uint64_t token) override {
    given.push_back({port, batch, token});
    real_.emit_tracked(port, std::move(batch), token);
  }
  void wake_at(Timestamp time) override { real_.wake_at(time); }

  std::vector<Given> given;

 private:
  Emitter& real_;
};

class Reader final : public Watched {
 public:
  Reader(std::unique_ptr<NodeInstance> real, BufferLedger& ledger,
         std::function<void(const Batch&)> given)
      : Watched(std::move(real), ledger), given_(std::move(given)) {
    this->ledger().begin_reading();
  }

  Next produce(Emitter& out) override {
    Listener listener(out);
    Next next = real().produce(listener);
    for (const auto& [port, batch, token] : listener.given) {
      ledger().given(token, {port, ids_of(batch)});
      given_(batch);
    }
    return next;
  }
  void acknowledge(std::span<const std::uint64_t> tokens) override {
    // Also where it fails: the engine has let go of them.
    for (const std::uint64_t token : tokens) ledger().acknowledged(token);
    real().acknowledge(tokens);
  }

 private:
  std::function<void(const Batch&)> given_;
};

}  // namespace

std::unique_ptr<NodeInstance> watch_writer(std::unique_ptr<NodeInstance> writer,
                                           BufferLedger& ledger,
                                           std::function<std::uint64_t()> last_number,
                                           std::function<bool()> power_is_off) {
  return std::make_unique<Writer>(std::move(writer), ledger, std::move(last_number),
                                  std::move(power_is_off));
}

std::unique_ptr<NodeInstance> watch_reader(std::unique_ptr<NodeInstance> reader,
                                           BufferLedger& ledger,
                                           std::function<void(const Batch&)> given) {
  return std::make_unique<Reader>(std::move(reader), ledger, std::move(given));
}

}  // namespace weir::simulation
