// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/isolated_node.hpp"

#include <exception>
#include <utility>

#include "core/isolation/caller.hpp"
#include "core/plugin/batch_check.hpp"
#include "core/wire/batch_bytes.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

using namespace isolation;

class IsolatedNode final : public NodeInstance {
 public:
  IsolatedNode(const GraphNode& node, const weir_host& host, const std::vector<InputName>& inputs,
               const KeptByKey& kept, const IsolationSettings& settings)
      : description_(node.description), child_(node, host, settings) {
    CreateRequest request = create_request(node, settings);
    request.inputs = inputs;
    const Returned made = child_.create(std::move(request), kept);
    acknowledges_ = made.acknowledges;
    state_version_ = made.state_version;
  }

  void open() override { call(MessageType::open); }

  Next produce(Emitter& emitter) override {
    const Returned returned = call(MessageType::produce, child_.head(), emitter);
    // The engine waits for the descriptor of the last produce, until this one has returned.
    watched_ = child_.take_descriptor();
    switch (returned.next) {
      case WEIR_AGAIN:
        return Again{};
      case WEIR_WAIT:
        return Wait{Timestamp{Duration{returned.until}}, watched_.get()};
      default:
        return End{};
    }
  }

  void process(std::uint32_t input, const Batch& batch, Emitter& emitter) override {
    CallRequest request = child_.head();
    request.input = input;
    (void)call(MessageType::process, request, emitter, &batch);
  }

  void end_input(std::uint32_t input, Emitter& emitter) override {
    CallRequest request = child_.head();
    request.input = input;
    (void)call(MessageType::end_input, request, emitter);
  }

  void on_time(Timestamp now, Emitter& emitter) override {
    CallRequest request = child_.head();
    request.time = now.time_since_epoch().count();
    (void)call(MessageType::on_time, request, emitter);
  }

  void flush() override { call(MessageType::flush); }

  void finish(Reason reason, Emitter& emitter) override {
    CallRequest request = child_.head();
    request.reason = static_cast<std::int32_t>(reason);
    (void)call(MessageType::finish, request, emitter);
  }

  [[nodiscard]] bool takes_acknowledgements() const override { return acknowledges_; }

  void acknowledge(std::span<const std::uint64_t> tokens) override {
    if (acknowledges_)
      (void)call_with(MessageType::acknowledge, child_.head(), std::as_bytes(tokens));
  }

  [[nodiscard]] std::uint32_t state_version() const override { return state_version_; }

  [[nodiscard]] std::string save_state() override {
    if (state_version_ == 0) return {};
    return call_with(MessageType::save_state, child_.head(), {}).bytes;
  }

  void load_state(std::uint32_t version, std::string_view bytes) override {
    if (state_version_ == 0) return;
    CallRequest request = child_.head();
    request.version = version;
    (void)call_with(MessageType::load_state, request, std::as_bytes(std::span(bytes)));
  }

 private:
  void call(MessageType type) { throw_status(child_.call(type, encode(child_.head()))); }

  Returned call(MessageType type, const CallRequest& request, Emitter& emitter,
                const Batch* batch = nullptr) {
    std::exception_ptr refused;
    const Returned returned =
        child_.call(type, encode(request, batch),
                    [&](const Message& message) { hear(message, emitter, refused); });
    if (refused) std::rethrow_exception(refused);
    throw_status(returned);
    return returned;
  }

  /// Of calls in which nothing is emitted.
  Returned call_with(MessageType type, const CallRequest& request, View bytes) {
    Returned returned = child_.call(type, encode_with_bytes(request, bytes));
    throw_status(returned);
    return returned;
  }

  void hear(const Message& message, Emitter& emitter, std::exception_ptr& refused) const {
    if (message.type == MessageType::wake_at) {
      emitter.wake_at(Timestamp{Duration{decode_time(message.payload)}});
    } else if (message.type == MessageType::emitted) {
      emit(message, emitter, refused);
    } else {
      throw Error("it is " + std::string(to_string(message.type)));
    }
  }

  /// What the engine refuses is the cause of the call's failure, not the child's fault.
  void emit(const Message& message, Emitter& emitter, std::exception_ptr& refused) const {
    View bytes;
    const EmittedHead head = decode_emitted(message.payload, bytes);
    if (head.port >= description_->outputs.size()) throw Error("there is no such output");
    Batch batch = decode_in_place(bytes, message.owner);
    check_values(batch);
    if (refused) return;
    try {
      emitter.emit_tracked(head.port, std::move(batch), head.token);
    } catch (...) {
      refused = std::current_exception();
    }
  }

  std::shared_ptr<const NodeDescription> description_;
  Caller child_;
  Descriptor watched_;  // the engine polls it until the next produce has returned
  bool acknowledges_ = false;
  std::uint32_t state_version_ = 0;
};

}  // namespace

std::unique_ptr<NodeInstance> create_isolated_node(const GraphNode& node, const weir_host& host,
                                                   const std::vector<InputName>& inputs,
                                                   const KeptByKey& kept,
                                                   const IsolationSettings& settings) {
  return std::make_unique<IsolatedNode>(node, host, inputs, kept, settings);
}

}  // namespace weir::core
