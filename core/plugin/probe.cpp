// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include "core/plugin/library.hpp"
#include "core/system/descriptor.hpp"
#include "core/wire/json_number.hpp"
#include "weir/error.hpp"
#include "weir/units.hpp"

namespace weir::core {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;
constexpr std::size_t max_answer = std::size_t{64} << 20;

/// posix_spawn's two structs, destroyed with it. The child gets default signals, a group of its own
/// and nothing of ours but `out` as its standard output.
class SpawnSetup {
 public:
  explicit SpawnSetup(int out) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes_);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  [[nodiscard]] pid_t spawn(std::vector<std::string> words) const {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int failed =
        posix_spawnp(&child, arguments[0], &actions_, &attributes_, arguments.data(), environ);
    if (failed != 0) {
      throw Error("no process can be started to look at plugins with (" + words.front() +
                  "): " + std::strerror(failed));
    }
    return child;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

struct Answer {
  std::string text;    ///< whole lines count
  std::string ending;  ///< what became of the child, if it was anything but a good end
};

std::string seconds_text(std::chrono::milliseconds time) { return to_text(Duration(time)); }

/// Reads lines until the end; each line renews the time allowed. False: time is up.
bool read_lines(int from, std::chrono::milliseconds timeout, std::string& text) {
  std::array<char, 65536> buffer{};
  auto deadline = Clock::now() + timeout;
  while (text.size() < max_answer) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{from, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got == 0) return true;
    if (got < 0) {
      if (errno == EINTR) continue;
      return true;
    }
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
    if (piece.find('\n') != std::string_view::npos) deadline = Clock::now() + timeout;
    text += piece;
  }
  return false;
}

/// The child's status; nullopt: it had to be killed. (It may have closed its output and gone on.)
std::optional<int> wait_for(pid_t child, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  int status = 0;
  while (true) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return status;
    if (ended < 0 && errno != EINTR) return 0;  // SIGCHLD is ignored: the kernel has reaped it
    if (Clock::now() >= deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

Answer ask(const std::vector<std::string>& words, std::chrono::milliseconds timeout) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(std::string("no pipe: ") + std::strerror(errno));
  Descriptor in(ends[0]);
  Descriptor out(ends[1]);
  const pid_t child = SpawnSetup(out.get()).spawn(words);
  out.close();
  Answer answer;
  const bool in_time = read_lines(in.get(), timeout, answer.text);
  const auto status = wait_for(child, in_time ? timeout : std::chrono::milliseconds{0});
  if (!status) {
    answer.ending =
        "it did not finish within " + seconds_text(timeout) + " when it was loaded; ask its author";
  } else if (WIFSIGNALED(*status)) {
    answer.ending = "it crashed with signal " + std::to_string(WTERMSIG(*status)) + " (" +
                    strsignal(WTERMSIG(*status)) + ") while it was loaded; ask its author";
  } else {
    answer.ending = "it ended the process with status " + std::to_string(WEXITSTATUS(*status)) +
                    " while it was loaded; ask its author";
  }
  return answer;
}

/// One result per line; a line that is not what run_probe writes ends the list.
std::vector<ProbeResult> results_in(const std::string& text, std::size_t most) {
  std::vector<ProbeResult> results;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos && results.size() < most;
       end = text.find('\n', start)) {
    try {
      results.push_back(probe_result(json::parse(text.begin() + static_cast<std::ptrdiff_t>(start),
                                                 text.begin() + static_cast<std::ptrdiff_t>(end))));
    } catch (const std::exception&) {
      break;
    }
    start = end + 1;
  }
  return results;
}

ProbeResult refused(std::string problem) {
  ProbeResult result;
  result.problem = std::move(problem);
  return result;
}

ProbeResult probe_alone(const std::filesystem::path& library, const ProbeSettings& settings) {
  std::vector<std::string> words = settings.command;
  words.push_back(library.string());
  const Answer answer = ask(words, settings.timeout);
  std::vector<ProbeResult> results = results_in(answer.text, 1);
  return results.empty() ? refused(answer.ending) : std::move(results.front());
}

// ---- the child ----

// Where the terminate handler, which takes no argument, writes to.
int answer_descriptor = -1;

void write_line(const ProbeResult& result) {
  const std::string line =
      to_json(result).dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t wrote = write(answer_descriptor, left.data(), left.size());
    if (wrote < 0 && errno != EINTR) std::_Exit(3);
    if (wrote > 0) left.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

[[noreturn]] void report_terminate() {
  std::string what = "it called std::terminate while it was loaded";
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    what =
        "it threw an exception that nobody caught while it was loaded: " + one_line(error.what());
  } catch (...) {
    what = "it threw something that is no std::exception while it was loaded";
  }
  write_line(refused(what + "; ask its author"));
  std::_Exit(0);
}

ProbeResult look_at(const std::string& path) {
  ProbeResult result;
  try {
    const Library library = load_library(path);
    result.name = library.name;
    result.version = library.version;
    result.sdk = library.sdk;
    result.abi_major = library.abi_major;
    result.abi_minor = library.abi_minor;
    for (const NodeType& type : library.types)
      result.descriptions.emplace_back(type.type->description);
  } catch (const std::exception& error) {
    result.problem = error.what();
  }
  return result;
}

}  // namespace

json to_json(const ProbeResult& result) {
  if (!result.ok()) return {{"problem", result.problem}};
  return {{"name", result.name},
          {"version", result.version},
          {"sdk", result.sdk},
          {"abi", {result.abi_major, result.abi_minor}},
          {"descriptions", result.descriptions}};
}

ProbeResult probe_result(const json& from) {
  ProbeResult result;
  if (const auto problem = from.find("problem"); problem != from.end()) {
    result.problem = problem->get<std::string>();
    if (result.problem.empty()) result.problem = "it is refused without a reason";
    return result;
  }
  from.at("name").get_to(result.name);
  from.at("version").get_to(result.version);
  from.at("sdk").get_to(result.sdk);
  result.abi_major = whole_number<int>(from.at("abi").at(0), "its ABI's major version");
  result.abi_minor = whole_number<int>(from.at("abi").at(1), "its ABI's minor version");
  from.at("descriptions").get_to(result.descriptions);
  return result;
}

std::vector<ProbeResult> probe_libraries(std::span<const std::filesystem::path> libraries,
                                         const ProbeSettings& settings) {
  if (libraries.empty()) return {};
  if (libraries.size() == 1) return {probe_alone(libraries.front(), settings)};
  std::vector<std::string> words = settings.command;
  for (const std::filesystem::path& library : libraries) words.push_back(library.string());
  std::vector<ProbeResult> results =
      results_in(ask(words, settings.timeout).text, libraries.size());
  results.resize(libraries.size(), refused("not reached"));
  for (std::size_t i = 0; i < libraries.size(); ++i) {
    if (!results[i].ok()) results[i] = probe_alone(libraries[i], settings);
  }
  return results;
}

void run_probe(std::span<const std::string> libraries) {
  // Only we can answer: what a library prints goes nowhere.
  answer_descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (answer_descriptor < 0 || nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0) std::_Exit(3);
  // A sanitizer's handlers would turn a signal into an exit.
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(signal, SIG_DFL);
  std::set_terminate(report_terminate);
  for (const std::string& path : libraries) write_line(look_at(path));
  std::_Exit(0);
}

}  // namespace weir::core
