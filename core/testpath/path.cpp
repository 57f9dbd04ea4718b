// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/path.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <exception>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "core/testpath/network.hpp"
#include "core/testpath/wires.hpp"
#include "weir/error.hpp"

namespace weir::core::testpath {
namespace {

constexpr int time_is_up = 124;  // as timeout(1)
constexpr int was_stopped = 130;

const End near_end{"tun0", "10.77.0.1", "fd77::1"};
const End far_end{"tun1", "10.77.0.2", "fd77::2"};

std::atomic<bool> stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

[[noreturn]] void fail(const std::string& what) {
  throw Error(what + ": " + std::generic_category().message(errno));
}

/// A child that ends with its parent, by `signal`. It exits with what `work` returns.
pid_t start(int signal, const Work& work) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child > 0) return child;
  ::prctl(PR_SET_PDEATHSIG, signal);
  if (::getppid() != parent) ::_exit(1);  // it was gone before
  int code = 1;
  try {
    code = work();
  } catch (const std::exception& problem) {
    const std::string line = std::string(problem.what()) + "\n";
    static_cast<void>(::write(STDERR_FILENO, line.data(), line.size()));
  }
  ::_exit(code);
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

struct Pipe {
  Descriptor read, write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 512> part{};
  ssize_t size = 0;
  while ((size = ::read(fd, part.data(), part.size())) > 0)
    text.append(part.data(), static_cast<std::size_t>(size));
  return text;
}

/// The process of the path: punctual where it is permitted to be.
int move_packets(const std::vector<Wire>& wires, int log, Nanos limit, int ready) {
  struct sigaction action {};
  action.sa_handler = [](int) { stopped = true; };
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGINT, SIG_IGN);  // Ctrl-C is for the work; the log is closed after it
  ::prctl(PR_SET_TIMERSLACK, 1);
  ::mlockall(MCL_CURRENT);
  sched_param first{};
  first.sched_priority = 1;
  ::sched_setscheduler(0, SCHED_FIFO, &first);
  Wires path(wires, log);
  if (::write(ready, "", 1) != 1) return 1;
  path.run(stopped, limit);
  return 0;
}

/// The tun devices, and the networks that they lie in.
struct Cable {
  Descriptor near_tun, far_tun, near_network, far_network;
};

Cable lay_cable(bool forward) {
  Cable cable;
  enter_new_network();
  cable.near_tun = make_tun(near_end);
  if (!forward) return cable;
  cable.near_network = this_network();
  enter_another_network();
  cable.far_tun = make_tun(far_end);
  cable.far_network = this_network();
  enter(cable.near_network);
  return cable;
}

std::vector<Wire> wires_of(const Cable& cable, const PathSettings& settings) {
  if (!settings.forward)
    return {{cable.near_tun.get(), cable.near_tun.get(), true, settings.impairments}};
  Impairments back = settings.impairments;
  ++back.seed;
  return {{cable.near_tun.get(), cable.far_tun.get(), false, settings.impairments},
          {cable.far_tun.get(), cable.near_tun.get(), false, back}};
}

Descriptor open_log(const PathSettings& settings) {
  Descriptor log(
      ::open(settings.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
  if (log.get() < 0) fail("cannot write " + settings.log.string());
  return log;
}

/// The process that owns the network: starts the path, then the work, and ends the path after it.
/// The log is opened first: inside a user namespace it might not be allowed any more.
int supervise(const PathSettings& settings, const Work& work, const Work& peer) {
  const Descriptor log = open_log(settings);
  const Cable cable = lay_cable(settings.forward);
  Pipe ready = make_pipe();
  const pid_t path = start(SIGTERM, [&] {
    return move_packets(wires_of(cable, settings), log.get(), settings.limit, ready.write.get());
  });
  // So that a path which ends before its byte is seen at once.
  ready.write = Descriptor();
  char byte = 0;
  if (::read(ready.read.get(), &byte, 1) != 1) throw Error("the path did not start");
  pid_t other = 0;
  if (peer) {
    other = start(SIGKILL, [&] {
      if (settings.forward) enter(cable.far_network);
      return peer();
    });
  }
  const int code = wait_for(start(SIGKILL, work));
  if (other > 0) {
    ::kill(other, SIGKILL);
    wait_for(other);
  }
  ::kill(path, SIGTERM);
  wait_for(path);
  return code;
}

/// waitpid with an end: SIGKILL to the supervisor ends all that it started.
int wait_for_end(pid_t child, const PathSettings& settings) {
  const Nanos end = monotonic_now() + settings.limit;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    const bool stop = settings.stop && settings.stop();
    if (stop || monotonic_now() >= end) {
      ::kill(child, SIGKILL);
      wait_for(child);
      return stop ? was_stopped : time_is_up;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::optional<std::string> why_no_path() {
  Pipe problem = make_pipe();
  const pid_t child = start(SIGKILL, [&] {
    try {
      static_cast<void>(lay_cable(false));
    } catch (const Error& found) {
      const std::string_view text = found.what();
      static_cast<void>(::write(problem.write.get(), text.data(), text.size()));
    }
    return 0;
  });
  problem.write = Descriptor();
  const std::string text = read_all(problem.read.get());
  wait_for(child);
  return text.empty() ? std::nullopt : std::optional(text);
}

int run_in_path(const PathSettings& settings, const Work& work, const Work& peer) {
  Pipe problem = make_pipe();
  const pid_t child = start(SIGKILL, [&] {
    try {
      return supervise(settings, work, peer);
    } catch (const Error& found) {
      const std::string_view text = found.what();
      static_cast<void>(::write(problem.write.get(), text.data(), text.size()));
      return 1;
    }
  });
  problem.write = Descriptor();
  const int code = wait_for_end(child, settings);
  const std::string text = read_all(problem.read.get());
  if (!text.empty()) throw Error(text);
  return code;
}

}  // namespace weir::core::testpath
