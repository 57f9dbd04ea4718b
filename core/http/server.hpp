// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A small HTTP/1.1 server: asynchronous, on the thread of an io_context that is handed in. All of
/// Boost.Beast is in its .cpp, because it compiles slowly.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "core/http/rules.hpp"

namespace boost::asio {
class io_context;
}

namespace weir::core::http {

struct Limits {
  std::size_t connections = 64;  ///< more are closed at once
  std::size_t head_bytes = 8192;
  std::size_t body_bytes = 4096;  ///< read and thrown away
  std::size_t requests = 1000;    ///< on one connection
  std::chrono::seconds time{15};  ///< for a request to come, and for its answer to go
};

class Server {
 public:
  /// Listens at once. Throws Error saying why it cannot.
  Server(boost::asio::io_context& io, Rules rules, Limits limits = {});
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// With the real port.
  [[nodiscard]] const Address& address() const;
  /// Takes no more, and closes what is open.
  void close();

 private:
  class State;
  class Session;
  std::shared_ptr<State> state_;
};

/// Parses `bytes` as the server does and answers by the rules: for fuzzing. nullopt: no whole
/// request, or none that the parser takes.
[[nodiscard]] std::optional<Response> answer_bytes(std::string_view bytes, const Rules& rules,
                                                   const Limits& limits = {});

}  // namespace weir::core::http
