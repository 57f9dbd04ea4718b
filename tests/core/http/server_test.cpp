// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "weir/error.hpp"

namespace weir::core::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ServerTest : public ::testing::Test {
 protected:
  void start(Limits limits = {}) {
    Rules rules{{"127.0.0.1", 0}, "", {{"/a", [] {
                                          return Response{200, "text/plain", "hello"};
                                        }}}};
    server_ = std::make_unique<Server>(io_, rules, limits);
    port_ = server_->address().port;
    thread_ = std::thread([this] { io_.run(); });
  }
  void TearDown() override {
    if (!thread_.joinable()) return;
    boost::asio::post(io_, [this] { server_->close(); });
    guard_.reset();
    thread_.join();
  }
  [[nodiscard]] int connect() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{60, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return socket;
  }
  /// All that comes until the server closes.
  static std::string rest(int socket) {
    std::string text;
    char buffer[4096];
    for (ssize_t count; (count = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(count));
    }
    ::close(socket);
    return text;
  }
  [[nodiscard]] std::string ask(const std::string& bytes) const {
    const int socket = connect();
    (void)::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return rest(socket);
  }
  [[nodiscard]] std::string host() const {
    return "Host: 127.0.0.1:" + std::to_string(port_) + "\r\n";
  }

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      io_.get_executor()};
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

TEST_F(ServerTest, AnswersWithSecurityHeaders) {
  start();
  const std::string text = ask("GET /a HTTP/1.1\r\n" + host() + "Connection: close\r\n\r\n");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(text, HasSubstr("Content-Security-Policy: default-src 'none'"));
  EXPECT_THAT(text, HasSubstr("X-Content-Type-Options: nosniff"));
  EXPECT_THAT(text, HasSubstr("Cache-Control: no-store"));
  EXPECT_THAT(text, HasSubstr("\r\n\r\nhello"));
}

TEST_F(ServerTest, KeepsAConnectionForTheNextRequest) {
  start();
  const std::string text =
      ask("GET /a HTTP/1.1\r\n" + host() + "\r\nHEAD /a HTTP/1.1\r\n" + host() +
          "\r\nGET /b HTTP/1.1\r\n" + host() + "Connection: close\r\n\r\n");
  EXPECT_THAT(text, HasSubstr("hello"));
  EXPECT_EQ(text.find("hello"), text.rfind("hello"));  // HEAD has no body
  EXPECT_THAT(text, HasSubstr("404 Not Found"));
}

TEST_F(ServerTest, RefusesAnotherHost) {
  start();
  const std::string text =
      ask("GET /a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(text, Not(HasSubstr("hello")));
}

TEST_F(ServerTest, ClosesWhatIsTooLongOrNoHttp) {
  start();
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nX: " + std::string(10000, 'x') + "\r\n\r\n"), "");
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\n" + host() + "Content-Length: 100000\r\n\r\n"), "");
  EXPECT_EQ(ask("hello\r\n\r\n"), "");
  EXPECT_THAT(ask("GET /a HTTP/1.1\r\n" + host() + "Connection: close\r\n\r\n"),
              HasSubstr("hello"));
}

TEST_F(ServerTest, ClosesAConnectionThatSaysNothing) {
  start({.time = std::chrono::seconds{1}});
  EXPECT_EQ(rest(connect()), "");
}

TEST_F(ServerTest, ClosesConnectionsBeyondTheLimit) {
  start({.connections = 1});
  const int first = connect();
  // The first is taken when it is answered.
  const std::string request = "GET /a HTTP/1.1\r\n" + host() + "\r\n";
  (void)::send(first, request.data(), request.size(), MSG_NOSIGNAL);
  char c = 0;
  ASSERT_EQ(::recv(first, &c, 1, 0), 1);
  EXPECT_EQ(rest(connect()), "");
  ::close(first);
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
  start();
  try {
    const Server second(io_, Rules{{"127.0.0.1", port_}, "", {}});
    FAIL() << "two servers listen on one port";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(port_)));
  }
}

TEST(AnswerBytes, ParsesAsTheServerDoes) {
  const Rules rules{{"127.0.0.1", 80}, "", {{"/a", [] { return Response{}; }}}};
  EXPECT_EQ(answer_bytes("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", rules)->status, 200U);
  EXPECT_EQ(answer_bytes("GET /a HTTP/1.1\r\n\r\n", rules)->status, 400U);
  EXPECT_FALSE(answer_bytes("GET /a HTTP/1.1\r\n", rules));
}

}  // namespace
}  // namespace weir::core::http
