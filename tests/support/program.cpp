// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

namespace weir::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

void redirect(const fs::path& file, int to) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
}

/// In the child: nothing but system calls between fork and exec that a test can bear.
[[noreturn]] void become_program(const ProgramRun& run, char* const* arguments, const fs::path& out,
                                 const fs::path& err) {
  if (::chdir(run.folder.c_str()) != 0) ::_exit(126);
  redirect(out, STDOUT_FILENO);
  redirect(err, STDERR_FILENO);
  // A run of a test leaves no state in the home of whoever runs the tests.
  ::setenv("XDG_STATE_HOME", (run.folder / "state-home").c_str(), 1);
  for (const std::string& variable : run.environment) ::putenv(const_cast<char*>(variable.c_str()));
  if (run.in_child) run.in_child();
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

int wait_for(pid_t child, const ProgramRun& run) {
  const auto start = Clock::now();
  bool asked = false;
  bool killed = false;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    const auto passed = Clock::now() - start;
    if (run.stop_after && passed >= *run.stop_after && !std::exchange(asked, true))
      ::kill(child, SIGTERM);
    const bool due = passed >= run.timeout || (run.kill_after && passed >= *run.kill_after);
    if (due && !std::exchange(killed, true)) ::kill(child, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  return WEXITSTATUS(status);
}

}  // namespace

ProgramResult run_weir(const ProgramRun& run) {
  const TemporaryFolder outputs;
  std::vector<std::string> words{run.program.empty() ? std::string(WEIR_BUILD_DIR) + "/bin/weir"
                                                     : run.program.string()};
  words.insert(words.end(), run.arguments.begin(), run.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const fs::path out = outputs / "out";
  const fs::path err = run.error_file.empty() ? outputs / "err" : run.error_file;
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) become_program(run, arguments.data(), out, err);
  ProgramResult result;
  result.exit_code = wait_for(child, run);
  result.out = read_text(out);
  result.err = read_text(err);
  return result;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "weir-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_text(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace weir::test
