// SPDX-License-Identifier: Apache-2.0
#pragma once
/// For tests of probes against real sockets of loopback: sockets with a port of the kernel's
/// choice, and a bench that runs a live source until enough rows came.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <weir/testing.hpp>

#include "file_descriptor.hpp"

namespace weir::probing::testing {

/// A bound socket of 127.0.0.1; `type` as in socket(2). Streams listen where there is a `backlog`.
class LoopbackSocket {
 public:
  explicit LoopbackSocket(int type, int backlog = -1)
      : fd_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&name), size) != 0 ||
        (backlog >= 0 && ::listen(fd_.get(), backlog) != 0) ||
        ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0) {
      throw std::runtime_error("no socket on loopback");
    }
    port_ = ntohs(name.sin_port);
  }
  void connect_to(std::uint16_t port) const {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error("no connection on loopback");
  }
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  FileDescriptor fd_;
  std::uint16_t port_ = 0;
};

/// The text of a cell; "null" where there is none.
[[nodiscard]] inline std::string text(const Batch& batch, const std::string& column,
                                      std::size_t row) {
  const Column& cells = batch.column(column);
  if (!cells.valid(row)) return "null";
  return cells.type() == Type::utf8 ? std::string(cells.text(row))
                                    : weir::detail::number_text(cells.number(row));
}

/// Calls a live source on the machine's clock until `enough(rows so far)` or half a minute passed.
template <class Node, class Enough>
Batch run_until(weir::testing::Bench<Node>& bench, Enough&& enough) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::vector<Batch> taken;
  while (std::chrono::steady_clock::now() < end) {
    const Next next = bench.produce();
    for (Batch& batch : bench.take()) taken.push_back(std::move(batch));
    if (!taken.empty() && enough(concatenate(taken))) break;
    const Wait* wait = std::get_if<Wait>(&next);
    if (wait == nullptr) break;
    pollfd watched{.fd = wait->fd, .events = POLLIN, .revents = 0};
    ::poll(&watched, 1, 200);
  }
  return concatenate(taken);
}

/// Until there are so many rows.
template <class Node>
Batch run_for_rows(weir::testing::Bench<Node>& bench, std::size_t rows) {
  return run_until(bench, [rows](const Batch& batch) { return batch.rows() >= rows; });
}

/// Until `column` has so many different values: each target has its row.
template <class Node>
Batch run_for_each(weir::testing::Bench<Node>& bench, const std::string& column,
                   std::size_t values) {
  return run_until(bench, [&](const Batch& batch) {
    std::set<std::string> seen;
    for (std::size_t row = 0; row < batch.rows(); ++row) seen.insert(text(batch, column, row));
    return seen.size() >= values;
  });
}

/// The first row whose `column` is `value`; throws where there is none.
[[nodiscard]] inline std::size_t row_of(const Batch& batch, const std::string& column,
                                        const std::string& value) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (text(batch, column, row) == value) return row;
  }
  throw std::runtime_error("no row with " + column + " " + value + " in " +
                           weir::testing::to_text(batch));
}

}  // namespace weir::probing::testing
