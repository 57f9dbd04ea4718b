// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/child_host.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include "weir/error.hpp"

namespace weir::core::isolation {
namespace {

ChildHost& of(void* self) { return *static_cast<ChildHost*>(self); }

template <class Clock>
std::int64_t nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
      .count();
}

}  // namespace

ChildHost::ChildHost(Channel& channel) : channel_(channel), caller_(std::this_thread::get_id()) {
  fill_host();
  fill_kept();
}

void ChildHost::set_up(bool system_clock, const std::vector<std::string>& keys,
                       std::vector<Descriptor> descriptors) {
  system_clock_ = system_clock;
  if (keys.size() != descriptors.size())
    throw Error("malformed message: kept descriptors and their keys differ in number");
  for (std::size_t i = 0; i < keys.size(); ++i) descriptors_[keys[i]] = std::move(descriptors[i]);
}

void ChildHost::set_time(std::int64_t now, std::int64_t monotonic) {
  now_ = now;
  monotonic_ = monotonic;
}

// With another clock than the system's, time stands still during a call, as it does in a test.
std::int64_t ChildHost::now() const {
  return system_clock_ ? nanoseconds<std::chrono::system_clock>() : now_.load();
}

std::int64_t ChildHost::monotonic() const {
  return system_clock_ ? nanoseconds<std::chrono::steady_clock>() : monotonic_.load();
}

void ChildHost::send(MessageType type, const Bytes& payload, std::span<const int> descriptors) {
  const std::lock_guard lock(sending_);
  channel_.send(type, payload, descriptors);
}

std::map<std::string, std::uint64_t> ChildHost::take_counters() {
  const std::lock_guard lock(counting_);
  return std::exchange(counters_, {});
}

Message ChildHost::ask(MessageType type, const Bytes& payload) {
  if (std::this_thread::get_id() != caller_)
    throw Error(std::string(to_string(type)) + " is for the thread of the call alone");
  send(type, payload);
  auto answer = channel_.receive();
  if (!answer) throw ChannelClosed("the engine has not answered");
  return std::move(*answer);
}

/// The engine waits, on its clock.
std::int32_t ChildHost::wait_until(std::int64_t time) {
  const Message answer = ask(MessageType::wait_until, encode_time(time));
  if (answer.type != MessageType::waited) return 0;
  const WaitAnswer waited = decode_wait_answer(answer.payload);
  set_time(waited.now, waited.monotonic);
  return waited.reached ? 1 : 0;
}

// Nothing may throw into a plugin.
void ChildHost::fill_host() {
  host_.size = sizeof host_;
  host_.self = this;
  host_.now = [](void* self) { return of(self).now(); };
  host_.monotonic = [](void* self) { return of(self).monotonic(); };
  host_.stopping = [](void* self) -> std::int32_t { return of(self).stopping_ ? 1 : 0; };
  host_.log = [](void* self, std::int32_t level, const char* text, std::size_t length) {
    try {
      if (text == nullptr) return;
      of(self).send(MessageType::log, encode(LogLine{level, std::string(text, length)}));
    } catch (...) {  // a line that cannot be logged is not worth a node
    }
  };
  host_.count = [](void* self, const char* counter, std::uint64_t amount) {
    try {
      const std::lock_guard lock(of(self).counting_);
      if (counter != nullptr) of(self).counters_[counter] += amount;
    } catch (...) {  // out of memory: the total is short
    }
  };
  host_.wait_until = [](void* self, std::int64_t time) -> std::int32_t {
    try {
      return of(self).wait_until(time);
    } catch (...) {
      return 0;
    }
  };
  host_.query = [](void* self, const char* extension) -> const void* {
    if (extension == nullptr || of(self).descriptors_.empty()) return nullptr;
    return std::string_view(extension) == WEIR_PRIVILEGED_EXTENSION ? &of(self).kept_ : nullptr;
  };
}

void ChildHost::fill_kept() {
  kept_.size = sizeof kept_;
  kept_.self = this;
  kept_.descriptor = [](void* self, const char* key) -> std::int32_t {
    if (key == nullptr) return -1;
    const auto found = of(self).descriptors_.find(std::string_view(key));
    return found == of(self).descriptors_.end() ? -1 : found->second.get();
  };
}

}  // namespace weir::core::isolation
