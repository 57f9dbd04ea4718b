// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a node throws. Any other exception counts as Error; the adapter in plugin.hpp stops all of
/// them at the C boundary.

#include <chrono>
#include <stdexcept>
#include <string>

namespace weir {

/// This call failed. The engine restarts the node with backoff and calls again with the same input;
/// an input that fails three times is kept aside as a dead letter.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A passing trouble of the world outside (a server that does not answer). The engine keeps the
/// input and calls again, without end, after `after` or a delay of its own choice.
class RetryLater : public Error {
 public:
  explicit RetryLater(const std::string& message, std::chrono::nanoseconds after = {})
      : Error(message), after_(after) {}
  [[nodiscard]] std::chrono::nanoseconds after() const { return after_; }

 private:
  std::chrono::nanoseconds after_;
};

/// This batch can never succeed. It is kept aside as a dead letter and the node goes on.
class Rejected : public Error {
 public:
  using Error::Error;
};

/// No restart can help (a wrong password, a file that must exist). The node stops for good.
class Fatal : public Error {
 public:
  using Error::Error;
};

}  // namespace weir
