// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <net/if.h>

#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "ares_lookups.hpp"

namespace weir::icmp_source {
namespace {

OpenSockets open_sockets(FamilyChoice choice, std::size_t payload, const Clock& clock,
                         const KeptSocket& kept) {
  OpenSockets opened;
  std::vector<const LinuxSocket*> watched;
  std::random_device random;
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    if (!probing::fits(choice, family)) continue;
    const auto identifier = static_cast<std::uint16_t>(random());
    const int descriptor = kept(family);
    OpenSocket got = descriptor >= 0 ? adopt_socket(descriptor, family, identifier)
                                     : open_socket(family, SocketKind::any, identifier);
    if (got.fd.valid()) {
      opened.stamps_sending = opened.stamps_sending && got.stamps_sending;
      auto socket = std::make_unique<LinuxSocket>(std::move(got), payload, clock);
      watched.push_back(socket.get());
      opened.sockets.push_back(std::move(socket));
      continue;
    }
    if (!opened.problem.empty()) opened.problem += "; ";
    opened.problem += std::string(family == Family::ipv4 ? "IPv4: " : "IPv6: ") +
                      std::generic_category().message(got.error);
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

const char* socket_key(Family family) { return family == Family::ipv4 ? "ipv4" : "ipv6"; }

void open_kept_sockets(FamilyChoice choice, const std::function<void(const char* key, int)>& keep) {
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    if (!probing::fits(choice, family)) continue;
    OpenSocket opened = open_socket(family, SocketKind::any, 0);
    if (opened.fd.valid()) keep(socket_key(family), opened.fd.release());
  }
}

World this_machine() {
  return {open_sockets, [] { return probing::ares_lookups(); },
          [](const std::string& interface) { return ::if_nametoindex(interface.c_str()); },
          program_path()};
}

}  // namespace weir::icmp_source
