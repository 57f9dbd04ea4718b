// SPDX-License-Identifier: Apache-2.0
// Something to connect to: one port on several addresses of loopback.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "file_descriptor.hpp"

namespace weir::dns_faults {

/// Takes each connection and closes it.
class Listeners {
 public:
  /// Throws std::runtime_error where no port is free on all of them.
  explicit Listeners(const std::vector<std::string>& addresses);
  ~Listeners();
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void serve();

  std::uint16_t port_ = 0;
  std::vector<probing::FileDescriptor> sockets_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace weir::dns_faults
