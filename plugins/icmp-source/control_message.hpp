// SPDX-License-Identifier: Apache-2.0
// The ancillary data of Linux sockets (cmsg(3)): time stamps, drop counts and reports of sending on
// the way in, header fields on the way out. Pure: bytes in, values out, nothing beyond the bytes is
// read whatever lengths they state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "packet_options.hpp"

namespace weir::icmp_source {

/// Where a request was when the kernel stamped it.
enum class Stage : std::uint8_t {
  queued,  ///< SCM_TSTAMP_SCHED: entered the queue of the interface
  sent     ///< SCM_TSTAMP_SND: handed to the device
};

struct SendReport {
  Stage stage = Stage::sent;
  std::uint32_t id = 0;  ///< SOF_TIMESTAMPING_OPT_ID: counts the socket's requests
};

/// An ICMP error that the kernel took in for a request of the socket (ip(7), IP_RECVERR).
struct ErrorReport {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
};

struct ReceivedControl {
  std::optional<Nanos> stamp;            ///< UTC, by the kernel
  std::optional<std::uint32_t> dropped;  ///< SO_RXQ_OVFL: datagrams dropped since the socket opened
  std::optional<SendReport> report;
  std::optional<ErrorReport> error;
};
[[nodiscard]] ReceivedControl parse_control(std::span<const std::uint8_t> control);

/// Room for all that write_control writes.
inline constexpr std::size_t send_control_size = 160;
struct alignas(8) SendControl {
  std::array<std::uint8_t, send_control_size> bytes{};
};
/// Writes the options that travel with a packet of this family (nullptr: none), and, where it is
/// not to be stamped, that the socket's wish for stamps is not this packet's; the number of bytes.
/// IPv4's don't-fragment is no such option (ip(7)): the socket is set instead.
[[nodiscard]] std::size_t write_control(Family family, const PacketOptions* options, bool stamped,
                                        SendControl& into);

}  // namespace weir::icmp_source
