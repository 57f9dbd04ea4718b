// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The engine as an isolated node sees it: the weir_host in the child process.

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/isolation/channel.hpp"
#include "weir/abi.h"

namespace weir::core::isolation {

class ChildHost {
 public:
  /// Of the thread that makes the calls. `channel` must outlive it.
  explicit ChildHost(Channel& channel);
  ChildHost(const ChildHost&) = delete;
  ChildHost& operator=(const ChildHost&) = delete;

  /// Before the node is created: whose clock counts, and what was opened with rights.
  void set_up(bool system_clock, const std::vector<std::string>& keys,
              std::vector<Descriptor> descriptors);
  void set_time(std::int64_t now, std::int64_t monotonic);
  void set_stopping() { stopping_ = true; }

  [[nodiscard]] const weir_host& host() const { return host_; }
  void send(MessageType type, const Bytes& payload, std::span<const int> descriptors = {});
  /// Asks the engine within a call, and waits for its answer. Throws Error on another thread than
  /// that of the call: only it reads what the engine says.
  [[nodiscard]] Message ask(MessageType type, const Bytes& payload);
  /// What was counted since it was last asked.
  [[nodiscard]] std::map<std::string, std::uint64_t> take_counters();

 private:
  [[nodiscard]] std::int64_t now() const;
  [[nodiscard]] std::int64_t monotonic() const;
  [[nodiscard]] std::int32_t wait_until(std::int64_t time);
  void fill_host();
  void fill_kept();

  Channel& channel_;
  std::thread::id caller_;
  weir_host host_{};
  weir_kept kept_{};
  std::map<std::string, Descriptor, std::less<>> descriptors_;
  bool system_clock_ = true;
  std::atomic<std::int64_t> now_{0};
  std::atomic<std::int64_t> monotonic_{0};
  std::atomic<bool> stopping_{false};
  std::mutex sending_;
  std::mutex counting_;
  std::map<std::string, std::uint64_t> counters_;
};

}  // namespace weir::core::isolation
