// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/call.hpp"

namespace weir::core::runtime {
namespace {

class Collector final : public Emitter {
 public:
  explicit Collector(Outcome& outcome) : outcome_(outcome) {}
  void emit(std::uint32_t port, Batch batch) override { emit_tracked(port, std::move(batch), 0); }
  void emit_tracked(std::uint32_t port, Batch batch, std::uint64_t token) override {
    if (batch.empty()) {
      if (token != 0) outcome_.empty_tokens.push_back(token);
      return;
    }
    outcome_.emitted.emplace_back(port, make_parcel(std::move(batch)));
    outcome_.emitted.back().second.token = token;
  }
  void wake_at(Timestamp time) override { outcome_.wake = time; }

 private:
  Outcome& outcome_;
};

}  // namespace

Outcome make_call(NodeInstance& node, const Call& call) {
  Outcome outcome;
  Collector emitter(outcome);
  guard(outcome, [&] {
    switch (call.kind) {
      case CallKind::open:
        node.open();
        break;
      case CallKind::produce:
        outcome.next = node.produce(emitter);
        break;
      case CallKind::process:
        node.process(call.input, call.parcel.batch, emitter);
        break;
      case CallKind::end_input:
        node.end_input(call.input, emitter);
        break;
      case CallKind::on_time:
        node.on_time(call.now, emitter);
        break;
      case CallKind::flush:
        node.flush();
        break;
      case CallKind::finish:
        node.finish(call.reason, emitter);
        break;
      case CallKind::acknowledge:
        node.acknowledge(call.tokens);
        break;
      case CallKind::snapshot:
        outcome.state = {node.state_version(), node.save_state()};
        break;
      case CallKind::save:  // the engine's, see Engine::store
        break;
    }
  });
  if (outcome.result != Outcome::Result::done) {
    outcome.emitted.clear();
    outcome.empty_tokens.clear();
    outcome.wake.reset();
  }
  return outcome;
}

}  // namespace weir::core::runtime
