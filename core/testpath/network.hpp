// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Network namespaces and TUN devices (network_namespaces(7), the kernel's tuntap.rst).

#include <string>

#include "core/system/descriptor.hpp"

namespace weir::core::testpath {

/// Moves this process, which must have one thread, into a network of its own; without CAP_SYS_ADMIN
/// into one of a user namespace of its own, where it is root. Throws Error saying what is needed.
void enter_new_network();
/// Once more, of a process that has entered one.
void enter_another_network();
/// To come back by enter(). Throws Error.
[[nodiscard]] Descriptor this_network();
void enter(const Descriptor& network);

/// The addresses of one end.
struct End {
  std::string device;
  std::string ipv4;  ///< of 10.77.0.0/16
  std::string ipv6;  ///< of fd77::/64
};

/// Makes a TUN device with the end's addresses in this network and sets it and `lo` up. Whoever
/// reads the descriptor is the other side of the cable; reading does not block. Where the kernel
/// has no IPv6 there is only IPv4. Throws Error.
[[nodiscard]] Descriptor make_tun(const End& end);

}  // namespace weir::core::testpath
