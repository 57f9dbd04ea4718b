// SPDX-License-Identifier: Apache-2.0
#include "web_server.hpp"

#include <array>

namespace weir::http_source::testing {
namespace {

std::string reply(const std::string& status, const std::string& body,
                  const std::string& header = "") {
  return "HTTP/1.1 " + status +
         "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         header + "\r\n" + body;
}

std::string reply_to(const std::string& path) {
  if (path == "/ok") return reply("200 OK", "hello");
  if (path == "/big") return reply("200 OK", std::string(4 << 20, 'x'));
  if (path == "/garbage") return "no HTTP at all\r\n\r\n";
  if (path == "/moved") return reply("302 Found", "", "Location: /ok\r\n");
  if (path == "/closed") return "";
  return reply("404 Not Found", "missing");
}

}  // namespace

void WebServer::serve() {
  while (!stopping_) {
    pollfd watched{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, 20) <= 0) continue;
    probing::FileDescriptor connection(::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.valid()) answer(std::move(connection));
  }
}

void WebServer::answer(probing::FileDescriptor connection) {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    std::array<char, 4096> bytes{};
    const ssize_t got = ::recv(connection.get(), bytes.data(), bytes.size(), 0);
    if (got <= 0) return;
    head.append(bytes.data(), static_cast<std::size_t>(got));
  }
  const std::size_t begin = head.find(' ') + 1;
  const std::string path = head.substr(begin, head.find_first_of(" ?", begin) - begin);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(head);
  }
  if (path == "/silent") {
    silent_.push_back(std::move(connection));
    return;
  }
  std::string text = reply_to(path);
  if (head.starts_with("HEAD ")) text.resize(text.find("\r\n\r\n") + 4);
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t got =
        ::send(connection.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (got <= 0) return;
    sent += static_cast<std::size_t>(got);
  }
}

}  // namespace weir::http_source::testing
