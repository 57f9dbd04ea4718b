// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/network.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_tun.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <system_error>
#include <thread>

#include "weir/error.hpp"

namespace weir::core::testpath {
namespace {

// Larger than any ping, so that none is cut into fragments.
constexpr int largest_packet = 65'535;
// Packets that wait for the reader: a burst must not be lost here, where no log is kept.
constexpr int waiting_packets = 20'000;

[[noreturn]] void fail(const std::string& what) {
  throw Error(what + ": " + std::generic_category().message(errno));
}

bool write_file(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

/// Root of a namespace of its own is the user outside of it, and nobody else.
void become_root_inside(uid_t user, gid_t group) {
  write_file("/proc/self/setgroups", "deny");
  if (!write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1") ||
      !write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1"))
    fail("cannot map the user into a user namespace");
}

ifreq request_for(const std::string& device) {
  ifreq request{};
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

void must(int fd, unsigned long call, ifreq& request, const std::string& what) {
  if (::ioctl(fd, call, &request) != 0) fail(std::string(request.ifr_name) + ": " + what);
}

void set_ipv4(ifreq& request, const std::string& address) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  std::memcpy(&request.ifr_addr, &name, sizeof name);
}

void set_up(const std::string& device) {
  const Descriptor any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = request_for(device);
  must(any.get(), SIOCGIFFLAGS, request, "its flags");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  must(any.get(), SIOCSIFFLAGS, request, "cannot be set up");
}

/// Of this network: address, device, prefix, scope, flags (all hexadecimal), name.
bool has_tentative_address() {
  std::ifstream file("/proc/thread-self/net/if_inet6");
  std::string address, device, prefix, scope, name;
  unsigned flags = 0;
  while (file >> address >> device >> prefix >> scope >> std::hex >> flags >> name) {
    if ((flags & IFA_F_TENTATIVE) != 0) return true;
  }
  return false;
}

void add_ipv6(const std::string& device, const std::string& address) {
  const Descriptor any(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (any.get() < 0) return;
  in6_ifreq request{};
  ::inet_pton(AF_INET6, address.c_str(), &request.ifr6_addr);
  request.ifr6_prefixlen = 64;
  request.ifr6_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
  // Without IPv6 in the kernel the path is IPv4 alone.
  if (::ioctl(any.get(), SIOCSIFADDR, &request) != 0) return;
  // The kernel takes packets for it when a worker of its own has marked it usable.
  for (int attempt = 0; has_tentative_address() && attempt < 5000; ++attempt)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

void enter_new_network() {
  if (::unshare(CLONE_NEWNET) == 0) return;
  const uid_t user = ::getuid();
  const gid_t group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    fail(
        "cannot make a network namespace; run it as root, or allow user namespaces "
        "(sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces)");
  }
  // The files below /proc/self of a program with a file capability are root's until this is said.
  // The capability was left behind with the user namespace that it was of.
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  become_root_inside(user, group);
}

void enter_another_network() {
  if (::unshare(CLONE_NEWNET) != 0) fail("cannot make a second network namespace");
}

Descriptor this_network() {
  Descriptor network(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (network.get() < 0) fail("/proc/self/ns/net");
  return network;
}

void enter(const Descriptor& network) {
  if (::setns(network.get(), CLONE_NEWNET) != 0) fail("cannot go back to a network namespace");
}

Descriptor make_tun(const End& end) {
  Descriptor tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (tun.get() < 0)
    fail("cannot open /dev/net/tun (modprobe tun; in a container: --device /dev/net/tun)");
  ifreq request = request_for(end.device);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  must(tun.get(), TUNSETIFF, request, "no TUN device can be made");

  const Descriptor any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  request = request_for(end.device);
  request.ifr_mtu = largest_packet;
  must(any.get(), SIOCSIFMTU, request, "its MTU");
  request.ifr_qlen = waiting_packets;
  // Not permitted in a user namespace, where the kernel's 500 packets must do.
  static_cast<void>(::ioctl(any.get(), SIOCSIFTXQLEN, &request));
  set_ipv4(request, end.ipv4);
  must(any.get(), SIOCSIFADDR, request, "its address");
  set_ipv4(request, "255.255.0.0");
  must(any.get(), SIOCSIFNETMASK, request, "its network mask");
  set_up("lo");
  set_up(end.device);
  add_ipv6(end.device, end.ipv6);
  return tun;
}

}  // namespace weir::core::testpath
