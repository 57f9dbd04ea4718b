// SPDX-License-Identifier: Apache-2.0
// The Linux socket: raw where CAP_NET_RAW is held, else a ping socket (SOCK_DGRAM with
// IPPROTO_ICMP) where net.ipv4.ping_group_range lets this group have one. The kernel stamps
// requests on their way out (SCHED and SND, through the error queue) and replies on their way in.
// ICMP errors reach a raw socket as datagrams, a ping socket by its error queue (IP_RECVERR).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "socket.hpp"

namespace weir::icmp_source {

/// The monotonic clock that all times of the prober are on.
using Clock = std::function<Nanos()>;

enum class SocketKind : std::uint8_t { any, raw, ping };

/// A socket that is open and set up.
struct OpenSocket {
  FileDescriptor fd;
  Family family = Family::ipv4;
  SocketKind kind = SocketKind::raw;
  std::uint16_t identifier = 0;
  bool stamps_sending = false;     ///< the kernel knows SO_TIMESTAMPING
  std::size_t receive_buffer = 0;  ///< bytes
  std::uint32_t dropped = 0;       ///< datagrams that the kernel has dropped so far
  int error = 0;  ///< of an fd that is not valid: errno; EPERM or EACCES: no right to either kind
};

/// Opens a socket of a family; `identifier` is for raw sockets, ping sockets get theirs from the
/// kernel. `stamps_sending` false keeps the kernel from stamping requests.
[[nodiscard]] OpenSocket open_socket(Family family, SocketKind kind, std::uint16_t identifier,
                                     bool stamps_sending = true);

/// The same of a descriptor that open_socket had opened, which stays the caller's. What came for an
/// earlier user of it is thrown away.
[[nodiscard]] OpenSocket adopt_socket(int descriptor, Family family, std::uint16_t identifier);

/// Begins to count and to stamp requests from 0 again, or stops it.
void set_stamping(int fd, bool on);

class LinuxSocket final : public Socket {
 public:
  /// `payload` bounds the datagrams that it must be able to receive.
  LinuxSocket(OpenSocket opened, std::size_t payload, Clock clock);
  ~LinuxSocket() override;

  [[nodiscard]] Family family() const override { return socket_.family; }
  [[nodiscard]] Form form() const override;
  [[nodiscard]] std::uint16_t identifier() const override { return socket_.identifier; }
  void send(std::span<Outgoing> requests) override;
  void receive(Received& into) override;
  [[nodiscard]] std::size_t capacity() const override;
  [[nodiscard]] std::uint64_t dropped() const override { return dropped_; }

  [[nodiscard]] SocketKind kind() const { return socket_.kind; }
  [[nodiscard]] int fd() const { return socket_.fd.get(); }

 private:
  struct Buffers;
  struct Clocks {
    Nanos monotonic;
    Nanos utc;
    [[nodiscard]] std::optional<Nanos> to_monotonic(Nanos stamp) const;
  };
  [[nodiscard]] Clocks read_clocks() const;
  [[nodiscard]] std::size_t send_some(std::span<Outgoing> requests);
  void set_fragmenting(std::optional<bool> dont_fragment);
  void remember_id(std::uint32_t number);
  void restart_ids();
  void receive_datagrams(Received& into);
  void receive_reports(Received& into);
  void take_report(std::size_t index, const Clocks& clocks, Received& into);
  [[nodiscard]] bool failed_for_another(int error) const;

  OpenSocket socket_;
  Clock clock_;
  std::optional<bool> dont_fragment_;   // as the socket is set
  std::vector<std::uint32_t> numbers_;  // of the last requests, by the kernel's id
  std::uint32_t next_id_ = 0;
  std::uint32_t ids_given_ = 0;       // since the last restart, at most the size of numbers_
  std::uint64_t stamps_due_ = 0;      // not yet come
  std::uint32_t kernel_dropped_ = 0;  // as the kernel counts, which wraps
  std::uint64_t dropped_ = 0;
  std::unique_ptr<Buffers> buffers_;
};

/// One descriptor that is readable when any of the sockets is.
[[nodiscard]] FileDescriptor watch(const std::vector<const LinuxSocket*>& sockets);

/// What the operator has to do to allow a socket, in one line; `program`: the path of the program.
[[nodiscard]] std::string remedy(const std::string& program);

}  // namespace weir::icmp_source
