// SPDX-License-Identifier: Apache-2.0
#include "core/observe/control_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <set>
#include <utility>

#include "core/observe/control_path.hpp"
#include "core/observe/row_filter.hpp"
#include "core/runtime/row_text.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;
using ErrorCode = boost::system::error_code;

constexpr std::size_t most_sessions = 32;
/// Rows go out in gulps: a wake-up for each batch would cost the run more than it costs to look.
constexpr auto tap_pause = std::chrono::milliseconds{50};

}  // namespace

class ControlServer::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::io_context& io, int listener, unsigned owner, ControlHandlers given)
      : handlers(std::move(given)),
        acceptor_(io, asio::local::stream_protocol(), listener),
        owner_(owner) {}

  void accept();
  void finish();
  void leave(Session* session) { sessions_.erase(session); }

  ControlHandlers handlers;

 private:
  void take(Socket socket);

  asio::local::stream_protocol::acceptor acceptor_;
  unsigned owner_;
  std::set<Session*> sessions_;
};

/// One connection. It lives as long as something is under way on it.
class ControlServer::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Socket socket, std::shared_ptr<State> state)
      : socket_(std::move(socket)), pause_(socket_.get_executor()), state_(std::move(state)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { state_->leave(this); }

  void read();
  void finish();

 private:
  void answer(const std::string& line);
  void begin_tap(const ControlRequest& request);
  void pour();
  std::string pour_rows();
  void watch_for_end();
  void close();
  template <class Then>
  void write(std::string text, Then then);

  Socket socket_;
  asio::steady_timer pause_;
  std::shared_ptr<State> state_;
  std::string input_;
  std::string output_;
  bool writing_ = false;
  bool ended_ = false;  // the run has

  std::shared_ptr<runtime::Tap> tap_;
  RowFilter filter_;
  std::uint64_t left_ = 0;  // rows
  bool endless_ = false;
  std::uint64_t told_dropped_ = 0;
};

void ControlServer::State::accept() {
  acceptor_.async_accept([self = shared_from_this()](ErrorCode error, Socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (!error) self->take(std::move(socket));
    self->accept();
  });
}

void ControlServer::State::take(Socket socket) {
  const auto peer = peer_of(socket.native_handle());
  // The folder and the mode keep others out; this holds where they were loosened.
  if (!peer || !may_control(*peer, owner_) || sessions_.size() >= most_sessions) return;
  const auto session = std::make_shared<Session>(std::move(socket), shared_from_this());
  sessions_.insert(session.get());
  session->read();
}

void ControlServer::State::finish() {
  ErrorCode ignored;
  acceptor_.close(ignored);
  for (Session* session : std::set<Session*>(sessions_)) session->finish();
}

template <class Then>
void ControlServer::Session::write(std::string text, Then then) {
  output_ = std::move(text);
  writing_ = true;
  asio::async_write(socket_, asio::buffer(output_),
                    [self = shared_from_this(), then](ErrorCode error, std::size_t) {
                      self->writing_ = false;
                      if (!error) then(*self);
                    });
}

void ControlServer::Session::read() {
  asio::async_read_until(socket_, asio::dynamic_buffer(input_, longest_request), '\n',
                         [self = shared_from_this()](ErrorCode error, std::size_t length) {
                           if (error || self->ended_) return;
                           const std::string line = self->input_.substr(0, length - 1);
                           self->input_.erase(0, length);
                           self->answer(line);
                         });
}

void ControlServer::Session::answer(const std::string& line) {
  const auto go_on = [](Session& self) { self.ended_ ? self.close() : self.read(); };
  try {
    const ControlRequest request = parse_request(line);
    switch (request.kind) {
      case ControlRequest::Kind::snapshot:
        return write(state_->handlers.snapshot() + "\n", go_on);
      case ControlRequest::Kind::tap:
        return begin_tap(request);
      case ControlRequest::Kind::reload:
        if (!state_->handlers.reload) throw Error("this run cannot be reloaded");
        return write(done_line(state_->handlers.reload()) + "\n", go_on);
      case ControlRequest::Kind::stop:
        state_->handlers.stop();
        return write(done_line("the run is asked to stop") + "\n", go_on);
    }
  } catch (const std::exception& trouble) {
    write(error_line(trouble.what()) + "\n", go_on);
  }
}

void ControlServer::Session::begin_tap(const ControlRequest& request) {
  filter_ = RowFilter(request.where);
  left_ = request.limit;
  endless_ = request.limit == 0;
  tap_ = state_->handlers.tap(request.node, request.port);
  watch_for_end();
  pour();
}

/// A client that has gone is noticed at once, not at the next row.
void ControlServer::Session::watch_for_end() {
  asio::async_read_until(socket_, asio::dynamic_buffer(input_, longest_request), '\n',
                         [self = shared_from_this()](ErrorCode error, std::size_t) {
                           // One word is not understood here: whatever came, the tap goes.
                           if (error != asio::error::operation_aborted) self->close();
                         });
}

/// Writes what has come, then waits a little, again and again.
void ControlServer::Session::pour() {
  if (tap_ == nullptr) return;
  std::string text = pour_rows();
  const bool full = !endless_ && left_ == 0;
  if (full || ended_) {
    tap_.reset();
    text += full ? "{\"end\":\"limit\"}\n" : "{\"end\":\"the run has ended\"}\n";
    return write(std::move(text), [](Session& self) { self.close(); });
  }
  const auto rest = [](Session& self) {
    if (self.ended_) return self.pour();
    self.pause_.expires_after(tap_pause);
    self.pause_.async_wait([session = self.shared_from_this()](ErrorCode) {
      if (!session->writing_) session->pour();
    });
  };
  if (text.empty()) return rest(*this);
  write(std::move(text), rest);
}

std::string ControlServer::Session::pour_rows() {
  std::string text;
  for (const Batch& batch : tap_->take()) {
    for (std::size_t row = 0; row < batch.rows() && (endless_ || left_ > 0); ++row) {
      if (!filter_.holds(batch, row)) continue;
      text += "{\"row\":" + runtime::row_text(batch, row) + "}\n";
      if (!endless_) --left_;
    }
  }
  const std::uint64_t dropped = tap_->dropped_rows();
  if (dropped > told_dropped_) {
    text += "{\"dropped\":" + std::to_string(dropped - told_dropped_) + "}\n";
    told_dropped_ = dropped;
  }
  return text;
}

void ControlServer::Session::finish() {
  ended_ = true;
  if (writing_) return;  // goes on when that is done
  if (tap_ == nullptr) return close();
  pause_.cancel();
  pour();
}

void ControlServer::Session::close() {
  tap_.reset();
  pause_.cancel();
  ErrorCode ignored;
  socket_.close(ignored);
}

ControlServer::ControlServer(asio::io_context& io, int listener, unsigned owner,
                             ControlHandlers handlers)
    : state_(std::make_shared<State>(io, listener, owner, std::move(handlers))) {
  state_->accept();
}

ControlServer::~ControlServer() { finish(); }

void ControlServer::finish() { state_->finish(); }

}  // namespace weir::core::observe
