// SPDX-License-Identifier: Apache-2.0
#include "gnuplot.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace weir::png_plotter {

namespace {

using Clock = std::chrono::steady_clock;

// Printed by gnuplot itself when it has worked through a script.
constexpr std::string_view kDone = "weir-script-done";
constexpr std::string_view kFailed = "weir-script-failed";
constexpr std::size_t kLongestComplaint = 16 * 1024;

std::string why(int error) { return std::strerror(error); }

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() { close(); }
  [[nodiscard]] int get() const { return value_; }
  void close() {
    if (value_ >= 0) ::close(std::exchange(value_, -1));
  }

 private:
  int value_;
};

// Sockets, not pipes: writing to a dead gnuplot is then an error and never a SIGPIPE.
std::pair<Descriptor, Descriptor> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw GnuplotError("cannot start gnuplot: socketpair: " + why(errno));
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<std::string> bare_environment() {
  std::vector<std::string> result{"LC_ALL=C"};
  for (const char* name : {"PATH", "HOME", "XDG_CACHE_HOME"}) {
    if (const char* value = std::getenv(name)) result.push_back(std::string(name) + '=' + value);
  }
  return result;
}

struct SpawnActions {
  SpawnActions() { ::posix_spawn_file_actions_init(&value); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&value); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t value{};
};

struct SpawnAttributes {
  SpawnAttributes() { ::posix_spawnattr_init(&value); }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&value); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  posix_spawnattr_t value{};
};

// "line 0: No data in plot" and the copy of the command before it become one line.
std::string one_line(std::string_view complaint) {
  std::string result;
  for (const char c : complaint) {
    const bool space = static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
    if (!space)
      result += c;
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  // The end holds the reason; a long start repeats the script.
  if (result.size() > 400) result = "..." + result.substr(result.size() - 400);
  return result.empty() ? "no reason given" : result;
}

}  // namespace

std::filesystem::path find_gnuplot(std::string_view path) {
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(folder.size() + 1, path.size()));
    if (!folder.starts_with('/')) continue;
    const std::filesystem::path candidate = std::filesystem::path(folder) / "gnuplot";
    std::error_code ignored;
    if (std::filesystem::is_regular_file(candidate, ignored) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  throw GnuplotError("gnuplot is not in PATH; install it, on Debian: apt install gnuplot-nox");
}

class Gnuplot::Process {
 public:
  Process(const std::filesystem::path& program, const std::filesystem::path& folder) {
    auto [our_input, their_input] = socket_pair();
    auto [our_errors, their_errors] = socket_pair();
    SpawnActions actions;
    ::posix_spawn_file_actions_adddup2(&actions.value, their_input.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&actions.value, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions.value, their_errors.get(), STDERR_FILENO);
    ::posix_spawn_file_actions_addchdir_np(&actions.value, folder.c_str());
    SpawnAttributes attributes;
    set_signals(attributes);
    std::vector<std::string> environment = bare_environment();
    std::vector<char*> variables;
    for (std::string& variable : environment) variables.push_back(variable.data());
    variables.push_back(nullptr);
    std::string name = "gnuplot";
    std::string no_start_up_files = "-d";
    std::string from_input = "-";
    std::array<char*, 4> arguments{name.data(), no_start_up_files.data(), from_input.data(),
                                   nullptr};
    const int error = ::posix_spawn(&pid_, program.c_str(), &actions.value, &attributes.value,
                                    arguments.data(), variables.data());
    if (error != 0) {
      throw GnuplotError("cannot start " + program.string() + " in " + folder.string() + ": " +
                         why(error));
    }
    input_ = std::move(our_input);
    errors_ = std::move(our_errors);
  }

  // gnuplot ends when its input does; it has a second for that.
  ~Process() {
    input_.close();
    const auto deadline = Clock::now() + std::chrono::seconds(healthy_ ? 1 : 0);
    while (::waitpid(pid_, nullptr, WNOHANG) == 0) {
      if (Clock::now() >= deadline) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        return;
      }
      ::poll(nullptr, 0, 2);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void run(std::string_view script, Clock::time_point deadline) {
    healthy_ = false;
    std::string rest(script);
    rest += "if (GPVAL_ERRNO == 0) { print '" + std::string(kDone) + "' } else { print '" +
            std::string(kFailed) + "' }\n";
    std::string_view to_write = rest;
    std::string said;
    while (true) {
      if (said.find(kFailed) != std::string::npos) {
        throw GnuplotError("gnuplot: " + one_line(said.substr(0, said.find(kFailed))));
      }
      if (said.find(kDone) != std::string::npos) break;
      wait(!to_write.empty(), deadline, said);
      if (!to_write.empty()) write_some(to_write, said);
      read_some(said);
    }
    healthy_ = true;
  }

 private:
  // A Ctrl-C at the terminal is for weir, which then draws its last pictures: gnuplot is put into
  // a group of its own. Blocked or ignored signals of ours must not be inherited.
  static void set_signals(SpawnAttributes& attributes) {
    sigset_t none;
    sigset_t defaults;
    ::sigemptyset(&none);
    ::sigemptyset(&defaults);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&defaults, signal);
    ::posix_spawnattr_setsigmask(&attributes.value, &none);
    ::posix_spawnattr_setsigdefault(&attributes.value, &defaults);
    ::posix_spawnattr_setpgroup(&attributes.value, 0);
    ::posix_spawnattr_setflags(
        &attributes.value, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }

  void wait(bool to_write, Clock::time_point deadline, const std::string& said) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    std::array<pollfd, 2> ends{{{errors_.get(), POLLIN, 0}, {input_.get(), POLLOUT, 0}}};
    if (left > 0) {
      const auto timeout = static_cast<int>(std::min<long long>(left, 60'000));
      if (::poll(ends.data(), to_write ? 2 : 1, timeout) != 0) return;
      if (Clock::now() < deadline) return;
    }
    throw GnuplotError(
        "gnuplot did not finish in time and was ended; allow it a longer timeout or "
        "a smaller picture" +
        (said.empty() ? "" : " (it said: " + one_line(said) + ")"));
  }

  void write_some(std::string_view& to_write, const std::string& said) const {
    const ssize_t sent =
        ::send(input_.get(), to_write.data(), to_write.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      to_write.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      throw GnuplotError("gnuplot ended early: " + one_line(said));
    }
  }

  void read_some(std::string& said) const {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::recv(errors_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      said.append(buffer.data(), static_cast<std::size_t>(got));
      if (said.size() > kLongestComplaint) said.erase(0, said.size() - kLongestComplaint);
    } else if (got == 0) {
      throw GnuplotError("gnuplot ended early: " + one_line(said));
    } else if (errno != EAGAIN && errno != EINTR) {
      throw GnuplotError("cannot read from gnuplot: " + why(errno));
    }
  }

  pid_t pid_ = -1;
  Descriptor input_;
  Descriptor errors_;
  bool healthy_ = true;
};

Gnuplot::Gnuplot(std::filesystem::path program, std::filesystem::path folder,
                 std::chrono::milliseconds timeout)
    : program_(std::move(program)), folder_(std::move(folder)), timeout_(timeout) {}

Gnuplot::~Gnuplot() = default;

void Gnuplot::run(std::string_view script) {
  const auto deadline = Clock::now() + timeout_;
  try {
    if (!process_) process_ = std::make_unique<Process>(program_, folder_);
    process_->run(script, deadline);
  } catch (...) {
    process_.reset();
    throw;
  }
}

}  // namespace weir::png_plotter
