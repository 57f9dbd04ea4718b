// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/isolated_node.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "core/isolation/child_process.hpp"
#include "core/isolation/protocol.hpp"
#include "core/plugin/batch_check.hpp"
#include "core/plugin/library.hpp"
#include "core/wire/batch_bytes.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

using namespace isolation;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds glance{50};          // how often a stop and a silent end are looked for
constexpr milliseconds last_moments{2000};  // for destroy, and between a closed socket and the end

/// What is emitted where nothing may be: the node is opened, flushed or created.
class Nowhere final : public Emitter {
 public:
  void emit(std::uint32_t, Batch) override { throw Error("a batch came outside of a call"); }
  void wake_at(Timestamp) override {}
};

class IsolatedNode final : public NodeInstance {
 public:
  IsolatedNode(const GraphNode& node, const weir_host& host, const std::vector<InputName>& inputs,
               const KeptByKey& kept, const IsolationSettings& settings)
      : node_(node), host_(host), child_(settings.program, node.name) {
    CreateRequest request;
    request.library = node.library.string();
    request.plugin = node.plugin;
    request.description = node.type->description;
    request.node = node.name;
    request.inputs = inputs;
    request.options = node.options;
    request.limits = {static_cast<std::uint64_t>(node.settings.memory_limit.count),
                      static_cast<std::uint64_t>(node.settings.open_files)};
    request.system_clock = settings.system_clock;
    std::vector<int> descriptors;
    for (const auto& [key, descriptor] : kept) {
      request.kept.push_back(key);
      descriptors.push_back(descriptor);
    }
    Nowhere nowhere;
    const Returned made = exchange(MessageType::create, encode(request), nowhere, descriptors);
    acknowledges_ = made.acknowledges;
    state_version_ = made.state_version;
  }

  ~IsolatedNode() override {
    if (spent_) return;
    try {
      child_.channel().send(MessageType::destroy, {}, {}, steady_clock::now() + last_moments);
      drain(steady_clock::now() + last_moments);
    } catch (const std::exception&) {  // it has ended already, or is ended now
      return;
    }
  }

  void open() override {
    Nowhere nowhere;
    (void)call(MessageType::open, {}, nowhere);
  }

  Next produce(Emitter& emitter) override {
    const Returned returned = call(MessageType::produce, {}, emitter);
    // The engine waits for the descriptor of the last produce, until this one has returned.
    std::swap(watched_, arrived_);
    arrived_.close();
    switch (returned.next) {
      case WEIR_AGAIN:
        return Again{};
      case WEIR_WAIT:
        return Wait{Timestamp{Duration{returned.until}}, watched_.get()};
      case WEIR_END:
        return End{};
      default:
        crashed("sent an unknown state", MessageType::produce);
    }
  }

  void process(std::uint32_t input, const Batch& batch, Emitter& emitter) override {
    CallRequest request;
    request.input = input;
    (void)call(MessageType::process, request, emitter, &batch);
  }

  void end_input(std::uint32_t input, Emitter& emitter) override {
    CallRequest request;
    request.input = input;
    (void)call(MessageType::end_input, request, emitter);
  }

  void on_time(Timestamp now, Emitter& emitter) override {
    CallRequest request;
    request.time = now.time_since_epoch().count();
    (void)call(MessageType::on_time, request, emitter);
  }

  void flush() override {
    Nowhere nowhere;
    (void)call(MessageType::flush, {}, nowhere);
  }

  void finish(Reason reason, Emitter& emitter) override {
    CallRequest request;
    request.reason = static_cast<std::int32_t>(reason);
    (void)call(MessageType::finish, request, emitter);
  }

  [[nodiscard]] bool takes_acknowledgements() const override { return acknowledges_; }

  void acknowledge(std::span<const std::uint64_t> tokens) override {
    if (acknowledges_) (void)call_with(MessageType::acknowledge, {}, std::as_bytes(tokens));
  }

  [[nodiscard]] std::uint32_t state_version() const override { return state_version_; }

  [[nodiscard]] std::string save_state() override {
    if (state_version_ == 0) return {};
    return call_with(MessageType::save_state, {}, {}).state;
  }

  void load_state(std::uint32_t version, std::string_view bytes) override {
    if (state_version_ == 0) return;
    CallRequest request;
    request.version = version;
    (void)call_with(MessageType::load_state, request, std::as_bytes(std::span(bytes)));
  }

 private:
  Returned call(MessageType type, CallRequest request, Emitter& emitter,
                const Batch* batch = nullptr) {
    tell_time(request);
    return exchange(type, encode(request, batch), emitter);
  }

  /// Of calls in which nothing is emitted.
  Returned call_with(MessageType type, CallRequest request, View bytes) {
    tell_time(request);
    Nowhere nowhere;
    return exchange(type, encode_with_bytes(request, bytes), nowhere);
  }

  void tell_time(CallRequest& request) const {
    request.now = host_.now(host_.self);
    request.monotonic = host_.monotonic(host_.self);
  }

  /// Sends, and deals with all that comes until the call has returned.
  Returned exchange(MessageType type, const Bytes& payload, Emitter& emitter,
                    const std::vector<int>& descriptors = {}) {
    if (spent_) throw NodeCrashed("process of node '" + node_.name + "' has ended");
    deadline_ = steady_clock::now() + limit_of(type);
    send(type, payload, descriptors);
    Returned returned;
    try {
      while (!deal_with(wait_for_message(type), emitter, returned)) {
      }
    } catch (const ChannelClosed&) {
      ended(type);
    } catch (const ChannelStuck&) {
      hangs(type);
    } catch (const NodeCrashed&) {
      throw;
    } catch (const Error& problem) {
      crashed("sent what cannot be read (" + std::string(problem.what()) + ")", type);
    }
    if (refused_) std::rethrow_exception(std::exchange(refused_, nullptr));
    throw_status(returned);
    return returned;
  }

  /// A short limit is meant for the plugin's work, not for starting a process on a busy machine.
  [[nodiscard]] Duration limit_of(MessageType type) const {
    if (type != MessageType::create) return node_.settings.call_limit;
    return std::max<Duration>(node_.settings.call_limit, std::chrono::seconds{10});
  }

  void send(MessageType type, const Bytes& payload, const std::vector<int>& descriptors) {
    try {
      child_.channel().send(type, payload, descriptors, deadline_);
    } catch (const ChannelClosed&) {
      ended(type);
    } catch (const ChannelStuck&) {
      hangs(type);
    }
  }

  Message wait_for_message(MessageType type) {
    while (true) {
      if (host_.stopping(host_.self) != 0) child_.say_stopping();
      const auto now = steady_clock::now();
      auto message = child_.channel().receive(std::min(deadline_, now + glance));
      if (message) return std::move(*message);
      // Something that the plugin started may hold the socket open, so its end is looked for too.
      if (child_.ended()) ended(type);
      if (steady_clock::now() >= deadline_) hangs(type);
    }
  }

  /// True: it was the answer.
  bool deal_with(Message message, Emitter& emitter, Returned& returned) {
    switch (message.type) {
      case MessageType::returned:
        returned = decode_returned(message.payload);
        arrived_ = message.descriptors.empty() ? Descriptor() : std::move(message.descriptors[0]);
        for (const auto& [name, amount] : returned.counters)
          host_.count(host_.self, name.c_str(), amount);
        return true;
      case MessageType::emitted:
        emit(message, emitter);
        return false;
      case MessageType::wake_at:
        emitter.wake_at(Timestamp{Duration{decode_time(message.payload)}});
        return false;
      case MessageType::log:
        log(message);
        return false;
      case MessageType::wait_until:
        wait_until(decode_time(message.payload));
        return false;
      default:
        throw Error("it is " + std::string(to_string(message.type)));
    }
  }

  /// What the engine refuses is the cause of the call's failure, not the child's fault.
  void emit(const Message& message, Emitter& emitter) {
    View bytes;
    const EmittedHead head = decode_emitted(message.payload, bytes);
    if (head.port >= node_.description->outputs.size()) throw Error("there is no such output");
    Batch batch = decode_in_place(bytes, message.owner);
    check_values(batch);
    if (refused_) return;
    try {
      emitter.emit_tracked(head.port, std::move(batch), head.token);
    } catch (...) {
      refused_ = std::current_exception();
    }
  }

  void log(const Message& message) {
    const LogLine line = decode_log(message.payload);
    host_.log(host_.self, line.level, line.text.data(), line.text.size());
  }

  /// The engine waits, so the node's time for the call stands still.
  void wait_until(std::int64_t time) {
    const auto begun = steady_clock::now();
    WaitAnswer answer;
    answer.reached = host_.wait_until(host_.self, time) != 0;
    answer.now = host_.now(host_.self);
    answer.monotonic = host_.monotonic(host_.self);
    deadline_ += steady_clock::now() - begun;
    child_.channel().send(MessageType::waited, encode(answer), {}, deadline_);
  }

  static void throw_status(const Returned& returned) {
    const std::string message = one_line(returned.message, 1000);
    switch (returned.status) {
      case Status::done:
        return;
      case Status::retry:
        throw RetryLater(message,
                         std::chrono::nanoseconds(std::max<std::int64_t>(0, returned.retry_after)));
      case Status::rejected:
        throw Rejected(message);
      case Status::fatal:
        throw Fatal(message);
      case Status::failed:
        break;
    }
    throw Error(message);
  }

  /// Until it has ended: its last lines are worth reading.
  void drain(steady_clock::time_point deadline) {
    while (auto message = child_.channel().receive(deadline)) {
      if (message->type == MessageType::log) log(*message);
    }
  }

  [[noreturn]] void ended(MessageType type) {
    try {
      drain(steady_clock::now());
    } catch (const Error&) {  // the socket is closed, or holds what cannot be read: no more lines
    }
    const std::string how = child_.wait(steady_clock::now() + last_moments);
    crashed("ended " + how, type);
  }

  [[noreturn]] void hangs(MessageType type) {
    crashed(
        "took longer than " +
            std::string(limit_of(type) == node_.settings.call_limit ? "its call_limit of " : "") +
            to_text(limit_of(type)) + " and was ended",
        type);
  }

  [[noreturn]] void crashed(const std::string& what, MessageType type) {
    spent_ = true;
    (void)child_.wait(steady_clock::now());
    const bool holds_input = type == MessageType::process || type == MessageType::flush;
    throw NodeCrashed("process of node '" + node_.name + "' " + what + " in " +
                      std::string(to_string(type)) + "()" +
                      (holds_input ? "; its input is kept" : ""));
  }

  GraphNode node_;  // its own: a reload puts another graph in the place of the first
  const weir_host& host_;
  ChildProcess child_;
  steady_clock::time_point deadline_;
  Descriptor watched_;  // the engine polls it
  Descriptor arrived_;  // with the answer that came last
  std::exception_ptr refused_;
  bool spent_ = false;
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
