// SPDX-License-Identifier: Apache-2.0
#include "network_namespace.hpp"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace weir::netdev_source::test {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error(what + ": " + std::strerror(error));
}

class Descriptor {
 public:
  Descriptor(int number, const char* what) : number_(number) {
    if (number < 0) fail(what, errno);
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

// A request under construction; attributes may nest.
class Request {
 public:
  Request(std::uint16_t type, std::uint16_t flags, const ifinfomsg& body) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    put(&header, sizeof header);
    put(&body, sizeof body);
  }
  void text(std::uint16_t type, const std::string& value) {
    const std::size_t at = begin(type);
    put(value.c_str(), value.size() + 1);
    end(at);
  }
  std::size_t begin(std::uint16_t type) {
    const std::size_t at = bytes_.size();
    const rtattr header{sizeof(rtattr), type};
    put(&header, sizeof header);
    return at;
  }
  void end(std::size_t at) {
    const auto length = static_cast<std::uint16_t>(bytes_.size() - at);
    std::memcpy(bytes_.data() + at, &length, sizeof length);
    bytes_.resize((bytes_.size() + 3) / 4 * 4);
  }
  void put(const void* data, std::size_t size) {
    const char* from = static_cast<const char*>(data);
    bytes_.insert(bytes_.end(), from, from + size);
  }
  void run(const std::string& what) {
    const auto length = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &length, sizeof length);
    const Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE),
                            "netlink");
    if (::send(socket.get(), bytes_.data(), bytes_.size(), 0) < 0) fail(what, errno);
    struct {
      nlmsghdr header;
      nlmsgerr error;
      char rest[4096];
    } answer{};
    if (::recv(socket.get(), &answer, sizeof answer, 0) < 0) fail(what, errno);
    if (answer.header.nlmsg_type != NLMSG_ERROR) fail(what, EBADMSG);
    if (answer.error.error != 0) fail(what, -answer.error.error);
  }

 private:
  std::vector<char> bytes_;
};

ifinfomsg of_interface(const std::string& name) {
  ifinfomsg body{};
  body.ifi_index = static_cast<int>(::if_nametoindex(name.c_str()));
  if (body.ifi_index == 0) fail("interface " + name, errno);
  return body;
}

void set_up(const std::string& name, bool up) {
  ifinfomsg body = of_interface(name);
  body.ifi_flags = up ? IFF_UP : 0;
  body.ifi_change = IFF_UP;
  Request(RTM_NEWLINK, 0, body).run("set " + name + (up ? " up" : " down"));
}

}  // namespace

std::string enter_own_namespace() {
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return std::string("a network namespace of its own is not permitted here: ") +
           std::strerror(errno);
  // IPv6 sends packets of its own accord, which would be counted; where this cannot be written,
  // tests allow for them.
  std::ofstream("/proc/sys/net/ipv6/conf/default/disable_ipv6") << "1";
  return {};
}

void add_cable(const std::string& one, const std::string& other) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  request.text(IFLA_IFNAME, one);
  const std::size_t info = request.begin(IFLA_LINKINFO);
  request.text(IFLA_INFO_KIND, "veth");
  const std::size_t data = request.begin(IFLA_INFO_DATA);
  const std::size_t peer = request.begin(VETH_INFO_PEER);
  const ifinfomsg body{};
  request.put(&body, sizeof body);
  request.text(IFLA_IFNAME, other);
  request.end(peer);
  request.end(data);
  request.end(info);
  request.run("add a veth pair " + one + ", " + other);
  // The one that comes up last sends at once; the other only when a worker of the kernel has heard
  // of it.
  set_up(other, true);
  set_up(one, true);
}

void remove_interface(const std::string& name) {
  Request(RTM_DELLINK, 0, of_interface(name)).run("remove " + name);
}

void rename_interface(const std::string& from, const std::string& to) {
  set_up(from, false);  // before Linux 6.2 only then
  Request request(RTM_NEWLINK, 0, of_interface(from));
  request.text(IFLA_IFNAME, to);
  request.run("rename " + from + " to " + to);
  set_up(to, true);
}

void touch_interface(const std::string& name) {
  static int touches = 0;
  Request request(RTM_NEWLINK, 0, of_interface(name));
  request.text(IFLA_IFALIAS, "touched " + std::to_string(++touches));
  request.run("set the alias of " + name);
}

void send_frames(const std::string& interface, std::size_t count, std::size_t bytes) {
  const Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), "a packet socket");
  constexpr std::uint16_t local_experiment = 0x88b5;
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = of_interface(interface).ifi_index;
  to.sll_protocol = htons(local_experiment);
  to.sll_halen = ETH_ALEN;
  std::vector<unsigned char> frame(bytes);
  std::memset(frame.data(), 0xff, ETH_ALEN);
  frame[12] = local_experiment >> 8U;
  frame[13] = local_experiment & 0xffU;
  for (std::size_t i = 0; i < count; ++i) {
    if (::sendto(socket.get(), frame.data(), frame.size(), 0,
                 reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
      fail("send on " + interface, errno);
  }
}

}  // namespace weir::netdev_source::test
