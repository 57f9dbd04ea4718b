// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/child_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "core/isolation/child.hpp"
#include "weir/error.hpp"

namespace weir::core::isolation {
namespace {

/// What a plugin needs to find programs, certificates, fonts and words; nothing that holds a
/// secret.
constexpr std::array passed_on{"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"};

struct Pair {
  Descriptor ours;
  Descriptor theirs;
};

/// Above the numbers that the child gets them under, so that no move overwrites another.
Descriptor moved_up(int descriptor) {
  Descriptor old(descriptor);
  Descriptor high(::fcntl(old.get(), F_DUPFD_CLOEXEC, lifeline_descriptor + 1));
  if (high.get() < 0) throw Error(std::string("no descriptor: ") + std::strerror(errno));
  return high;
}

Pair make_sockets() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw Error(std::string("no socket: ") + std::strerror(errno));
  Pair pair{Descriptor(ends[0]), Descriptor()};
  pair.theirs = moved_up(ends[1]);
  return pair;
}

/// posix_spawn's two structs, destroyed with it.
class Setup {
 public:
  Setup(int socket, int lifeline) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, channel_descriptor);
    ::posix_spawn_file_actions_adddup2(&actions_, lifeline, lifeline_descriptor);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, lifeline_descriptor + 1);
    ::posix_spawnattr_init(&attributes_);
    sigset_t all;
    ::sigfillset(&all);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    // Until the child has handlers of its own, a Ctrl-C must not end it.
    ::posix_spawnattr_setsigmask(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;
  ~Setup() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> environment() {
  std::vector<std::string> variables;
  for (const char* name : passed_on) {
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

std::string ending_text(int status) {
  if (!WIFSIGNALED(status)) return "with exit code " + std::to_string(WEXITSTATUS(status));
  const char* name = ::sigabbrev_np(WTERMSIG(status));
  return name != nullptr ? "by SIG" + std::string(name)
                         : "by signal " + std::to_string(WTERMSIG(status));
}

ChildProcess::ChildProcess(const std::filesystem::path& program, const std::string& node)
    : channel_(Descriptor()) {
  Pair sockets = make_sockets();
  Pair lifeline = make_sockets();
  start(program, node, sockets.theirs.get(), lifeline.theirs.get());
  channel_ = Channel(std::move(sockets.ours));
  lifeline_ = std::move(lifeline.ours);
}

void ChildProcess::start(const std::filesystem::path& program, const std::string& node, int socket,
                         int lifeline) {
  const Setup setup(socket, lifeline);
  std::vector<std::string> words{"weir", "isolated-node", node};
  std::vector<std::string> variables = environment();
  const int failed = ::posix_spawn(&pid_, program.c_str(), setup.actions(), setup.attributes(),
                                   pointers(words).data(), pointers(variables).data());
  if (failed != 0) {
    pid_ = -1;
    const std::string why =
        "no process can be started for it (" + program.string() + "): " + std::strerror(failed);
    if (failed == EAGAIN || failed == ENOMEM) throw RetryLater(why);
    throw Error(why);
  }
}

ChildProcess::~ChildProcess() {
  if (!ending_) (void)wait(std::chrono::steady_clock::now());
}

void ChildProcess::say_stopping() {
  if (std::exchange(told_, true)) return;
  constexpr char byte = 's';
  // Nobody reads: it has ended, which the next look tells.
  if (::send(lifeline_.get(), &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
}

std::optional<std::string> ChildProcess::ended() {
  if (ending_) return ending_;
  int status = 0;
  const pid_t found = ::waitpid(pid_, &status, WNOHANG);
  if (found == pid_) {
    ending_ = ending_text(status);
  } else if (found < 0 && errno != EINTR) {
    ending_ = "in a way that the system does not tell";  // SIGCHLD is ignored
  }
  return ending_;
}

std::string ChildProcess::wait(std::chrono::steady_clock::time_point deadline) {
  while (!ended() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (!ending_) {
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ending_ = "by SIGKILL";
  }
  return *ending_;
}

}  // namespace weir::core::isolation
