// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Real servers for tests: each on a free loopback port, with a folder of its own, stopped by its
/// process id whatever happens.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace weir::integration {

/// A folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "weir-integration-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A loopback port that nothing listens on at the moment.
[[nodiscard]] inline int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool good = ::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(probe);
  if (!good) throw std::runtime_error("no free loopback port");
  return ntohs(address.sin_port);
}

[[nodiscard]] inline bool listens(int port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool good = ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return good;
}

/// A program in the background; its output goes to a file in `folder`.
class Process {
 public:
  Process(std::vector<std::string> command, const std::filesystem::path& folder)
      : log_(folder / "log") {
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string log = log_.string();
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("cannot fork");
    if (pid_ == 0) {
      // A killed test must not leave a server behind.
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(126);
      const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(out, STDOUT_FILENO);
      ::dup2(out, STDERR_FILENO);
      ::execv(arguments.front(), arguments.data());
      ::_exit(127);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { stop(SIGTERM); }

  /// Ends the program: first by `signal`, after 5 s by SIGKILL. Does nothing if it has ended.
  void stop(int signal) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    for (int i = 0; i < 500; ++i) {
      if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
        pid_ = -1;
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  [[nodiscard]] bool running() {
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
    return pid_ > 0;
  }
  [[nodiscard]] std::string log() const {
    std::ifstream file(log_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path log_;
  pid_t pid_ = -1;
};

/// A server and its port. Throws runtime_error with its log if it does not listen within 30 s.
class Server {
 public:
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int port() const { return port_; }
  void stop(int signal = SIGTERM) { process_->stop(signal); }
  /// After stop: the same server with the same data on the same port.
  void start_again() { start(command_); }

 protected:
  void start(std::vector<std::string> command) {
    command_ = command;
    process_ = std::make_unique<Process>(std::move(command), folder_.path());
    for (int i = 0; i < 1500; ++i) {
      if (listens(port_)) return;
      if (!process_->running()) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("the server does not start: " + process_->log());
  }

  TemporaryFolder folder_;
  int port_ = free_port();

 private:
  std::vector<std::string> command_;
  std::unique_ptr<Process> process_;
};

/// InfluxDB 1.x (Debian: influxdb), without authentication unless it is asked for.
class InfluxServer : public Server {
 public:
  static constexpr const char* program = "/usr/bin/influxd";
  [[nodiscard]] static bool installed() { return std::filesystem::exists(program); }

  explicit InfluxServer(bool authentication = false) {
    const std::string folder = folder_.path().string();
    const std::string config = folder + "/influxdb.conf";
    std::ofstream(config) << "reporting-disabled = true\n"
                          << "bind-address = \"127.0.0.1:" << free_port() << "\"\n"
                          << "[meta]\ndir = \"" << folder << "/meta\"\n"
                          << "[data]\ndir = \"" << folder << "/data\"\nwal-dir = \"" << folder
                          << "/wal\"\n"
                          << "[http]\nbind-address = \"127.0.0.1:" << port_
                          << "\"\nauth-enabled = " << (authentication ? "true" : "false") << "\n"
                          << "[monitor]\nstore-enabled = false\n";
    start({program, "-config", config});
  }
};

/// VictoriaMetrics (Debian: victoria-metrics).
class VictoriaServer : public Server {
 public:
  static constexpr const char* program = "/usr/bin/victoria-metrics";
  [[nodiscard]] static bool installed() { return std::filesystem::exists(program); }

  VictoriaServer() {
    start({program, "-httpListenAddr=127.0.0.1:" + std::to_string(port_),
           "-storageDataPath=" + (folder_.path() / "data").string(), "-retentionPeriod=100y"});
  }
};

}  // namespace weir::integration
