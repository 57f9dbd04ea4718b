// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Starts the process of an isolated node, and learns how it ended.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "core/isolation/channel.hpp"

namespace weir::core::isolation {

/// "by SIGSEGV", "with exit code 3"; `status` is that of waitpid.
[[nodiscard]] std::string ending_text(int status);

class ChildProcess {
 public:
  /// `program isolated-node NODE`, with nothing of ours but two sockets, standard output and
  /// error, and an environment of a few harmless names. Throws RetryLater where there is no room
  /// for it now, Error where it cannot be started at all.
  ChildProcess(const std::filesystem::path& program, const std::string& node);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Kills it if it still runs.
  ~ChildProcess();

  [[nodiscard]] Channel& channel() { return channel_; }

  /// Tells it once that the run is to stop.
  void say_stopping();
  /// How it ended, if it has.
  [[nodiscard]] std::optional<std::string> ended();
  /// Waits for its end until the deadline, then kills it. What it says of the end is that of
  /// ended(), or "by SIGKILL" of ours.
  [[nodiscard]] std::string wait(std::chrono::steady_clock::time_point deadline);

 private:
  void start(const std::filesystem::path& program, const std::string& node, int socket,
             int lifeline);

  Channel channel_;
  Descriptor lifeline_;
  pid_t pid_ = -1;
  bool told_ = false;
  std::optional<std::string> ending_;
};

}  // namespace weir::core::isolation
