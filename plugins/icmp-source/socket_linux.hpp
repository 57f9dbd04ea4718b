// SPDX-License-Identifier: Apache-2.0
// The Linux socket: raw where CAP_NET_RAW is held, else a ping socket (SOCK_DGRAM with
// IPPROTO_ICMP) where net.ipv4.ping_group_range lets this group have one. Replies carry the
// kernel's time of arrival (SO_TIMESTAMPNS). A ping socket is not told of ICMP errors.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "socket.hpp"

namespace weir::icmp_source {

/// The monotonic clock that all times of the prober are on.
using Clock = std::function<Nanos()>;

enum class SocketKind : std::uint8_t { any, raw, ping };

/// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int value) : value_(value) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] bool valid() const { return value_ >= 0; }

 private:
  int value_ = -1;
};

class LinuxSocket;

struct Opened {
  std::unique_ptr<LinuxSocket> socket;  ///< null where none could be had
  int error = 0;                        ///< then errno; EPERM or EACCES: no right to either kind
};

/// Opens a socket of a family. `payload` bounds the datagrams it must be able to receive;
/// `identifier` is used by raw sockets, ping sockets get theirs from the kernel.
[[nodiscard]] Opened open_socket(Family family, SocketKind kind, std::size_t payload,
                                 std::uint16_t identifier, Clock clock);

class LinuxSocket final : public Socket {
 public:
  struct Buffers;
  LinuxSocket(FileDescriptor fd, Family family, SocketKind kind, std::uint16_t identifier,
              std::size_t payload, Clock clock);
  ~LinuxSocket() override;

  [[nodiscard]] Family family() const override { return family_; }
  [[nodiscard]] Form form() const override;
  [[nodiscard]] std::uint16_t identifier() const override { return identifier_; }
  void send(std::span<Outgoing> requests) override;
  void receive(std::vector<Incoming>& into) override;

  [[nodiscard]] SocketKind kind() const { return kind_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  FileDescriptor fd_;
  Family family_;
  SocketKind kind_;
  std::uint16_t identifier_;
  Clock clock_;
  std::unique_ptr<Buffers> buffers_;
};

/// One descriptor that is readable when any of the sockets is.
[[nodiscard]] FileDescriptor watch(const std::vector<const LinuxSocket*>& sockets);

/// What the operator has to do to allow a socket, in one line; `program`: the path of the program.
[[nodiscard]] std::string remedy(const std::string& program);

}  // namespace weir::icmp_source
