// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

namespace weir::icmp_source {
namespace {

OpenSockets open_sockets(FamilyChoice choice, std::size_t payload, const Clock& clock) {
  OpenSockets opened;
  std::vector<const LinuxSocket*> watched;
  std::random_device random;
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const bool v4 = family == Family::ipv4;
    if (choice == (v4 ? FamilyChoice::ipv6 : FamilyChoice::ipv4)) continue;
    auto [socket, error] =
        open_socket(family, SocketKind::any, payload, static_cast<std::uint16_t>(random()), clock);
    if (socket) {
      watched.push_back(socket.get());
      opened.sockets.push_back(std::move(socket));
      continue;
    }
    if (!opened.problem.empty()) opened.problem += "; ";
    opened.problem +=
        std::string(v4 ? "IPv4: " : "IPv6: ") + std::generic_category().message(error);
  }
  opened.watch = watch(watched);
  return opened;
}

std::string program_path() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "<path of weir>" : path.string();
}

}  // namespace

World this_machine() { return {open_sockets, look_up, program_path()}; }

}  // namespace weir::icmp_source
