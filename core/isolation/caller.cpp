// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/caller.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/plugin/library.hpp"
#include "weir/error.hpp"

namespace weir::core::isolation {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds glance{50};  // how often a stop and a silent end are looked for
constexpr int most_last_lines = 1000;
constexpr milliseconds last_moments{2000};  // for destroy, and between a closed socket and the end

}  // namespace

CreateRequest create_request(const GraphNode& node, const IsolationSettings& settings) {
  CreateRequest request;
  request.library = node.library.string();
  request.plugin = node.plugin;
  request.description = node.type->description;
  request.node = node.name;
  request.options = node.options;
  request.limits = {static_cast<std::uint64_t>(node.settings.memory_limit.count),
                    static_cast<std::uint64_t>(node.settings.open_files)};
  request.system_clock = settings.system_clock;
  return request;
}

void throw_status(const Returned& returned) {
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

Caller::Caller(const GraphNode& node, const weir_host& host, const IsolationSettings& settings)
    : name_(node.name),
      call_limit_(node.settings.call_limit),
      host_(host),
      child_(settings.program, node.name) {}

Caller::~Caller() {
  if (spent_) return;
  try {
    child_.channel().send(MessageType::destroy, {}, {}, steady_clock::now() + last_moments);
    drain(steady_clock::now() + last_moments);
  } catch (const std::exception&) {  // it has ended already, or is ended now
    return;
  }
}

Returned Caller::create(CreateRequest request, const KeptByKey& kept, const Hear& hear) {
  std::vector<int> descriptors;
  for (const auto& [key, descriptor] : kept) {
    request.kept.push_back(key);
    descriptors.push_back(descriptor);
  }
  Returned made = call(MessageType::create, encode(request), hear, descriptors);
  throw_status(made);
  return made;
}

Returned Caller::call(MessageType type, Bytes payload, const Hear& hear,
                      const std::vector<int>& descriptors) {
  if (spent_) throw NodeCrashed("process of node '" + name_ + "' has ended");
  type_ = type;
  extend();
  Returned returned;
  try {
    child_.channel().send(type, payload, descriptors, deadline_);
    payload = {};
    while (!deal_with(wait_for_message(type), hear, returned)) {
      // One that never stops talking has no more time than one that is silent.
      if (steady_clock::now() >= deadline_) hangs(type);
    }
  } catch (const ChannelClosed&) {
    ended(type);
  } catch (const ChannelStuck&) {
    hangs(type);
  } catch (const NodeCrashed&) {
    throw;
  } catch (const std::exception& problem) {
    crashed("cannot be understood (" + std::string(problem.what()) + ")", type);
  }
  return returned;
}

CallRequest Caller::head() const {
  CallRequest request;
  request.now = host_.now(host_.self);
  request.monotonic = host_.monotonic(host_.self);
  return request;
}

void Caller::answer(MessageType type, const Bytes& payload) {
  child_.channel().send(type, payload, {}, deadline_);
}

void Caller::extend() { deadline_ = steady_clock::now() + limit_of(type_); }

/// A short limit is meant for the plugin's work, not for starting a process on a busy machine.
Duration Caller::limit_of(MessageType type) const {
  if (type != MessageType::create) return call_limit_;
  return std::max<Duration>(call_limit_, std::chrono::seconds{10});
}

Message Caller::wait_for_message(MessageType type) {
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
bool Caller::deal_with(Message message, const Hear& hear, Returned& returned) {
  switch (message.type) {
    case MessageType::returned:
      returned = decode_returned(message.payload);
      arrived_ = message.descriptors.empty() ? Descriptor() : std::move(message.descriptors[0]);
      for (const auto& [name, amount] : returned.counters)
        host_.count(host_.self, name.c_str(), amount);
      return true;
    case MessageType::log:
      log(message);
      return false;
    case MessageType::wait_until:
      wait_until(decode_time(message.payload));
      return false;
    default:
      if (!hear) throw Error("it is " + std::string(to_string(message.type)));
      hear(message);
      return false;
  }
}

void Caller::log(const Message& message) {
  const LogLine line = decode_log(message.payload);
  host_.log(host_.self, line.level, line.text.data(), line.text.size());
}

/// The engine waits, so the node's time for the call stands still.
void Caller::wait_until(std::int64_t time) {
  const auto begun = steady_clock::now();
  WaitAnswer waited;
  waited.reached = host_.wait_until(host_.self, time) != 0;
  waited.now = host_.now(host_.self);
  waited.monotonic = host_.monotonic(host_.self);
  lend(steady_clock::now() - begun);
  answer(MessageType::waited, encode(waited));
}

/// Until it has ended: its last lines are worth reading, so far as they have an end.
void Caller::drain(steady_clock::time_point deadline) {
  for (int left = most_last_lines; left > 0; --left) {
    auto message = child_.channel().receive(deadline);
    if (!message) return;
    if (message->type == MessageType::log) log(*message);
  }
}

void Caller::ended(MessageType type) {
  try {
    drain(steady_clock::now());
  } catch (const Error&) {  // the socket is closed, or holds what cannot be read: no more lines
  }
  const std::string how = child_.wait(steady_clock::now() + last_moments);
  crashed("ended " + how, type);
}

void Caller::hangs(MessageType type) {
  crashed("took longer than " +
              std::string(limit_of(type) == call_limit_ ? "its call_limit of " : "") +
              to_text(limit_of(type)) + " and was ended",
          type);
}

void Caller::crashed(const std::string& what, MessageType type) {
  spent_ = true;
  (void)child_.wait(steady_clock::now());
  const bool holds_input = type == MessageType::process || type == MessageType::flush;
  throw NodeCrashed("process of node '" + name_ + "' " + what + " in " +
                    std::string(to_string(type)) + "()" +
                    (holds_input ? "; its input is kept" : ""));
}

}  // namespace weir::core::isolation
