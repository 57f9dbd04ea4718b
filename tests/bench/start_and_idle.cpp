// SPDX-License-Identifier: Apache-2.0
// How long `weir run` takes to its first stored record, and what a monitor at rest holds in memory.
//
// usage: start_and_idle [PROGRAM]   (default: build/release/bin/weir)
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// A program in `folder`, ended with its owner.
class Child {
 public:
  Child(std::vector<std::string> words, const fs::path& folder) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    const int quiet = ::open("/dev/null", O_WRONLY);
    if (::chdir(folder.c_str()) != 0 || ::dup2(quiet, 1) < 0 || ::dup2(quiet, 2) < 0) ::_exit(126);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (!waited_) ::kill(pid_, SIGTERM);
    wait();
  }
  void wait() {
    if (waited_) return;
    ::waitpid(pid_, nullptr, 0);
    waited_ = true;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  bool waited_ = false;
};

std::string line_of(const fs::path& file, const std::string& start) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) return line.substr(start.size());
  }
  return " unknown";
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// The median of 15 runs, after one that fills caches.
double median_of(const std::function<double()>& run) {
  std::vector<double> times;
  (void)run();
  for (int i = 0; i < 15; ++i) times.push_back(run());
  std::nth_element(times.begin(), times.begin() + 7, times.end());
  return times[7];
}

double bare_process(const fs::path& folder) {
  const auto start = Clock::now();
  Child child({"/bin/true"}, folder);
  child.wait();
  return milliseconds_since(start);
}

double first_record(const std::string& program, const fs::path& folder) {
  const fs::path stored = folder / "rows.jsonl";
  fs::remove(stored);
  const auto start = Clock::now();
  const Child child({program, "run", "start.yaml"}, folder);
  std::error_code ignored;
  while (milliseconds_since(start) < 10000) {
    const auto size = fs::file_size(stored, ignored);
    if (!ignored && size > 0) break;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return milliseconds_since(start);
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path program = fs::absolute(argc > 1 ? argv[1] : "build/release/bin/weir");
  const fs::path pipeline = fs::absolute("pipelines/monitor.yaml");
  if (!fs::exists(program) || !fs::exists(pipeline)) {
    std::fprintf(stderr,
                 "start_and_idle: run it at the root of the repository, after scripts/build\n");
    return 2;
  }
  std::string pattern = (fs::temp_directory_path() / "weir-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return 1;
  const fs::path folder = pattern;
  std::ofstream(folder / "start.yaml")
      << "nodes:\n"
         "  net:  {plugin: synthetic-source, live: true, step: 10ms}\n"
         "  file: {plugin: file-sink, inputs: [net], path: rows.jsonl}\n";
  std::printf("machine:%s\n", line_of("/proc/cpuinfo", "model name\t:").c_str());
  const double bare = median_of([&] { return bare_process(folder); });
  const double first = median_of([&] { return first_record(program, folder); });
  std::printf("start of /bin/true to its end      %6.1f ms\n", bare);
  std::printf(
      "start of weir run to first record  %6.1f ms (goal: under 50), %.1f times the above\n", first,
      first / bare);
  ::setenv("WEIR_TARGETS", "127.0.0.1,127.0.0.2", 1);
  {
    const Child monitor({program, "run", pipeline}, folder);
    std::this_thread::sleep_for(std::chrono::seconds(15));
    const fs::path status = "/proc/" + std::to_string(monitor.pid()) + "/status";
    std::printf("monitor.yaml after 15 s: resident  %s (goal: under 20 MB), peak%s\n",
                line_of(status, "VmRSS:").c_str(), line_of(status, "VmHWM:").c_str());
  }
  fs::remove_all(folder);
  return 0;
}
