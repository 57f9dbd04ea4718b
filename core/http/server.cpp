// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.hpp"

// Boost 1.74's headers forget it.
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <set>

#include "weir/error.hpp"

namespace weir::core::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Parser = beast::http::request_parser<beast::http::string_body>;
using Message = beast::http::response<beast::http::string_body>;
using Field = beast::http::field;

void set_limits(Parser& parser, const Limits& limits) {
  parser.header_limit(static_cast<std::uint32_t>(limits.head_bytes));
  parser.body_limit(limits.body_bytes);
}

Head head_of(const Parser& parser) {
  const auto& request = parser.get();
  Head head;
  head.method = std::string(request.method_string());
  head.target = std::string(request.target());
  const auto [first, last] = request.equal_range(Field::host);
  for (auto field = first; field != last; ++field) head.hosts.emplace_back(field->value());
  head.authorization = std::string(request[Field::authorization]);
  return head;
}

Message message_of(const Response& response, bool body) {
  Message message;
  message.version(11);
  message.result(response.status);
  message.set(Field::content_type, response.type);
  message.set(Field::cache_control, "no-store");
  // A browser is to do nothing with it.
  message.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "no-referrer");
  message.set("Cross-Origin-Resource-Policy", "same-origin");
  if (response.status == 401) message.set(Field::www_authenticate, "Bearer");
  if (response.status == 405) message.set(Field::allow, "GET, HEAD");
  if (body) message.body() = response.body;
  message.content_length(response.body.size());
  return message;
}

}  // namespace

class Server::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::io_context& io, Rules given, Limits given_limits)
      : rules(std::move(given)), limits(given_limits), acceptor_(io) {
    const Tcp::endpoint place(asio::ip::make_address(rules.address.host), rules.address.port);
    ErrorCode error;
    acceptor_.open(place.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(place, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw Error("cannot listen on " + to_text(rules.address) + ": " + error.message());
    rules.address.port = acceptor_.local_endpoint().port();
  }

  void accept();
  void close();
  void leave(Session* session) { sessions_.erase(session); }

  Rules rules;
  Limits limits;

 private:
  Tcp::acceptor acceptor_;
  std::set<Session*> sessions_;
};

/// One connection; it lives as long as a read or a write is under way.
class Server::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Tcp::socket socket, std::shared_ptr<State> state)
      : stream_(std::move(socket)), state_(std::move(state)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { state_->leave(this); }

  void read() {
    parser_.emplace();
    set_limits(*parser_, state_->limits);
    stream_.expires_after(state_->limits.time);
    beast::http::async_read(stream_, buffer_, *parser_,
                            [self = shared_from_this()](ErrorCode error, std::size_t) {
                              if (!error) self->reply();
                            });
  }
  void close() { stream_.close(); }

 private:
  void reply() {
    const Head head = head_of(*parser_);
    message_ = message_of(answer(head, state_->rules), head.method != "HEAD");
    const bool go_on = parser_->get().keep_alive() && ++requests_ < state_->limits.requests;
    message_.keep_alive(go_on);
    stream_.expires_after(state_->limits.time);
    beast::http::async_write(stream_, message_,
                             [self = shared_from_this(), go_on](ErrorCode error, std::size_t) {
                               if (error) return;
                               if (go_on) return self->read();
                               self->stream_.socket().shutdown(Tcp::socket::shutdown_send, error);
                             });
  }

  beast::tcp_stream stream_;
  std::shared_ptr<State> state_;
  beast::flat_buffer buffer_{16384};
  std::optional<Parser> parser_;
  Message message_;
  std::size_t requests_ = 0;
};

void Server::State::accept() {
  acceptor_.async_accept([self = shared_from_this()](ErrorCode error, Tcp::socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (!error && self->sessions_.size() < self->limits.connections) {
      const auto session = std::make_shared<Session>(std::move(socket), self);
      self->sessions_.insert(session.get());
      session->read();
    }
    self->accept();
  });
}

void Server::State::close() {
  ErrorCode ignored;
  acceptor_.close(ignored);
  for (Session* session : std::set<Session*>(sessions_)) session->close();
}

Server::Server(asio::io_context& io, Rules rules, Limits limits)
    : state_(std::make_shared<State>(io, std::move(rules), limits)) {
  state_->accept();
}

Server::~Server() { close(); }

const Address& Server::address() const { return state_->rules.address; }

void Server::close() { state_->close(); }

std::optional<Response> answer_bytes(std::string_view bytes, const Rules& rules,
                                     const Limits& limits) {
  Parser parser;
  parser.eager(true);
  set_limits(parser, limits);
  ErrorCode error;
  parser.put(asio::buffer(bytes.data(), bytes.size()), error);
  if (error || !parser.is_done()) return std::nullopt;
  return answer(head_of(parser), rules);
}

}  // namespace weir::core::http
