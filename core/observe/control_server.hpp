// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Answers requests on a run's control socket.

#include <functional>
#include <memory>
#include <string>

#include "core/observe/control_request.hpp"
#include "core/runtime/tap.hpp"

namespace boost::asio {
class io_context;
}

namespace weir::core::observe {

/// Called on the thread of the io_context. What they throw becomes the answer.
struct ControlHandlers {
  std::function<std::string()> snapshot;  ///< one line of JSON
  std::function<std::shared_ptr<runtime::Tap>(const std::string& node, const std::string& port)>
      tap;
  std::function<std::string()> reload;  ///< says what it did; empty: this run cannot
  std::function<void()> stop;
};

class ControlServer {
 public:
  /// `listener`: from listen_at; the server owns it. `owner`: the user who may ask.
  ControlServer(boost::asio::io_context& io, int listener, unsigned owner,
                ControlHandlers handlers);
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  ~ControlServer();

  /// The run has ended: takes no more, and every tap gives what it holds and says so.
  void finish();

 private:
  class State;
  class Session;
  std::shared_ptr<State> state_;
};

}  // namespace weir::core::observe
