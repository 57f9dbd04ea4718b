// SPDX-License-Identifier: Apache-2.0
#include "bare_loop.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <vector>

#include "packet.hpp"
#include "socket_linux.hpp"

namespace weir::bench {
namespace {

using icmp_source::Family;

constexpr std::size_t batch = 64;
constexpr std::size_t targets = 1000;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

}  // namespace

BareResult bare_loop(double seconds) {
  const auto opened =
      icmp_source::open_socket(Family::ipv4, icmp_source::SocketKind::raw, 7, false);
  if (!opened.fd.valid()) throw std::runtime_error("no right to a raw socket");
  const int off = 0;
  static_cast<void>(::setsockopt(opened.fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, &off, sizeof off));
  std::vector<std::uint8_t> packet(64);
  icmp_source::encode_request(Family::ipv4, {.identifier = 7, .sequence = 1, .stamp = {}}, packet);
  std::array<sockaddr_in, batch> names{};
  std::array<iovec, batch> out{}, in{};
  std::array<mmsghdr, batch> sends{}, receives{};
  std::vector<std::uint8_t> room(batch * 128);
  for (std::size_t i = 0; i < batch; ++i) {
    out[i] = {packet.data(), packet.size()};
    in[i] = {room.data() + i * 128, 128};
    names[i].sin_family = AF_INET;
    sends[i].msg_hdr = {&names[i], sizeof names[i], &out[i], 1, nullptr, 0, 0};
    receives[i].msg_hdr = {nullptr, 0, &in[i], 1, nullptr, 0, 0};
  }
  BareResult result;
  const auto begin = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  std::uint32_t next = 0;
  while (result.seconds < seconds) {
    for (sockaddr_in& name : names) name.sin_addr.s_addr = htonl(0x7f000001U + next++ % targets);
    const int sent = ::sendmmsg(opened.fd.get(), sends.data(), batch, MSG_DONTWAIT);
    if (sent > 0) result.sent += sent;
    for (int got = batch; got == static_cast<int>(batch);) {
      got = ::recvmmsg(opened.fd.get(), receives.data(), batch, MSG_DONTWAIT, nullptr);
      if (got > 0) result.received += got;
    }
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  result.cpu_s = cpu_seconds() - cpu;
  return result;
}

}  // namespace weir::bench
