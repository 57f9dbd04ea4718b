// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A run of `weir` that goes on while the test looks at it.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/support/program.hpp"

namespace weir::test {

/// Waits for a condition, with a limit that only a broken program reaches.
[[nodiscard]] inline bool eventually(const std::function<bool()>& holds,
                                     std::chrono::seconds limit = std::chrono::seconds(90)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < end) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return holds();
}

/// `weir run p.yaml` in a folder of its own, asked to stop by its control socket at the end.
class WatchedRun {
 public:
  WatchedRun(const std::string& pipeline, std::vector<std::string> options,
             std::vector<std::string> environment = {}) {
    write_text(folder_ / "p.yaml", pipeline);
    ProgramRun run{.arguments = {"run", "p.yaml", "--state", "state"}, .folder = folder_.path()};
    run.arguments.insert(run.arguments.end(), options.begin(), options.end());
    run.environment = std::move(environment);
    run.environment.push_back("XDG_RUNTIME_DIR=" + (folder_ / "user").string());
    run.timeout = std::chrono::seconds(170);
    // A test that fails must not wait for a run that nobody stops.
    run.error_file = error_;
    result_ = std::async(std::launch::async, [run] { return run_weir(run); });
    if (!eventually([&] { return std::filesystem::exists(socket()) || ended(); }) || ended()) {
      throw std::runtime_error("the run does not start: " + result_.get().err);
    }
  }
  WatchedRun(const WatchedRun&) = delete;
  WatchedRun& operator=(const WatchedRun&) = delete;
  ~WatchedRun() {
    if (result_.valid()) (void)stop();
  }

  [[nodiscard]] std::filesystem::path socket() const { return folder_ / "user/weir/p.sock"; }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }
  /// What it has written to standard error so far.
  [[nodiscard]] std::string log() const { return read_text(error_); }
  [[nodiscard]] bool ended() const {
    return result_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

  /// Where it serves metrics and health, as its log says.
  [[nodiscard]] std::string url() const {
    const std::string mark = "metrics and health at ";
    if (!eventually([&] { return log().find(mark) != std::string::npos; })) return "";
    const std::string text = log();
    const std::size_t at = text.find(mark) + mark.size();
    return text.substr(at, text.find_first_of("\n\"", at) - at);
  }

  /// Another command about this run: weir top, weir tap.
  [[nodiscard]] ProgramResult ask(std::vector<std::string> arguments) const {
    return run_weir({.arguments = std::move(arguments),
                     .folder = folder_.path(),
                     .environment = {"XDG_RUNTIME_DIR=" + (folder_ / "user").string()},
                     .timeout = std::chrono::seconds(90)});
  }

  /// Its first answer to a line of the control protocol.
  [[nodiscard]] std::string request(const std::string& line) const {
    const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket().c_str(), sizeof address.sun_path - 1);
    std::string text;
    if (::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      (void)::send(peer, (line + "\n").data(), line.size() + 1, MSG_NOSIGNAL);
      for (char c = 0; !text.ends_with('\n') && ::recv(peer, &c, 1, 0) == 1;) text += c;
    }
    ::close(peer);
    return text;
  }

  ProgramResult stop() {
    (void)request(R"({"request":"stop"})");
    return result_.get();
  }

 private:
  TemporaryFolder folder_;
  std::filesystem::path error_ = folder_ / "log";
  std::future<ProgramResult> result_;
};

}  // namespace weir::test
