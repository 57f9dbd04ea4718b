// SPDX-License-Identifier: Apache-2.0
#pragma once
/// An HTTP server for one connection after the other on loopback, for answers that real servers do
/// not give on demand.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace weir::influx {

class TinyServer {
 public:
  struct Request {
    std::string head;
    std::string body;
  };
  /// Returns the whole answer, status line first.
  using Serve = std::function<std::string(const Request&)>;

  explicit TinyServer(Serve serve)
      : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no loopback socket for the test's server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;
  ~TinyServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    if (const int open = connection_; open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<Request> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void run() {
    while (!stopping_) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      connection_ = connection;
      std::string bytes;
      while (!stopping_ && serve_one(connection, bytes)) continue;
      connection_ = -1;
      ::close(connection);
    }
  }

  static bool read_more(int connection, std::string& bytes) {
    char piece[65536];
    const ssize_t got = ::recv(connection, piece, sizeof piece, 0);
    if (got > 0) bytes.append(piece, static_cast<std::size_t>(got));
    return got > 0;
  }

  bool serve_one(int connection, std::string& bytes) {
    std::size_t end;
    while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more(connection, bytes)) return false;
    }
    Request request;
    request.head = bytes.substr(0, end + 2);
    const std::size_t at = request.head.find("Content-Length: ");
    const std::size_t length =
        at == std::string::npos ? 0 : std::strtoul(request.head.c_str() + at + 16, nullptr, 10);
    while (bytes.size() < end + 4 + length) {
      if (!read_more(connection, bytes)) return false;
    }
    request.body = bytes.substr(end + 4, length);
    bytes.erase(0, end + 4 + length);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    const std::string answer = serve_(request);
    return !answer.empty() && ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) ==
                                  static_cast<ssize_t>(answer.size());
  }

  Serve serve_;
  int listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connection_ = -1;
  std::mutex mutex_;
  std::vector<Request> requests_;
  std::thread thread_;
};

}  // namespace weir::influx
