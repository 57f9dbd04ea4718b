// SPDX-License-Identifier: Apache-2.0
#include "child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace weir::bench {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 65536> buffer;
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  return text;
}

Cost run(const std::function<void(int pipe)>& in_child) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = ::fork();
  if (pid == 0) {
    in_child(pipe[1]);
    ::_exit(127);
  }
  ::close(pipe[1]);
  Cost cost;
  cost.text = read_all(pipe[0]);
  ::close(pipe[0]);
  int status = 0;
  rusage usage{};
  ::wait4(pid, &status, 0, &usage);
  cost.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  cost.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  cost.peak_mb = static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
  cost.ok = WIFEXITED(status) && WEXITSTATUS(status) <= 1;  // fping says 1 where one is lost
  return cost;
}

}  // namespace

Cost measure(const std::function<std::vector<double>()>& work) {
  Cost cost = run([&](int pipe) {
    std::string text;
    try {
      for (const double value : work()) text += std::to_string(value) + "\n";
    } catch (const std::exception& wrong) {
      std::fprintf(stderr, "%s\n", wrong.what());
      ::_exit(2);
    }
    const bool written =
        ::write(pipe, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(written ? 0 : 2);
  });
  for (std::size_t at = 0; at < cost.text.size();) {
    const std::size_t end = cost.text.find('\n', at);
    cost.report.push_back(std::atof(cost.text.substr(at, end - at).c_str()));
    at = end + 1;
  }
  return cost;
}

Cost measure_program(const std::vector<std::string>& words) {
  return run([&](int pipe) {
    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    for (std::string& word : copies) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::dup2(pipe, 1);
    ::dup2(pipe, 2);
    ::execvp(arguments[0], arguments.data());
  });
}

}  // namespace weir::bench
