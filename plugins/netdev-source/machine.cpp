// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "default_route.hpp"

namespace weir::netdev_source {
namespace {

// Files of /proc and /sys say nothing of their size, so it is read until the end. A file that is
// not there or cannot be read (speed of an interface that is down) is nothing.
std::optional<std::string> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return std::nullopt;
  return text;
}

}  // namespace

InterfaceTable Machine::interfaces() const {
  const auto path = root_ / "proc/net/dev";
  const auto text = read(path);
  if (!text) throw std::runtime_error("cannot read " + path.string());
  return parse_proc_net_dev(*text);
}

std::optional<std::string> Machine::default_interface() const {
  return netdev_source::default_interface(read(root_ / "proc/net/route").value_or(""),
                                          read(root_ / "proc/net/ipv6_route").value_or(""));
}

Link Machine::link(const std::string& interface) const {
  std::error_code error;
  const auto device = root_ / "sys/class/net" / interface / "device";
  return std::filesystem::exists(device, error) ? wire(interface) : Link{};
}

Link Machine::wire(const std::string& interface) const {
  if (ask_driver_) {
    if (const auto told = ask_driver_(interface)) return *told;
  }
  const auto folder = root_ / "sys/class/net" / interface;
  Link link;
  const std::string speed = read(folder / "speed").value_or("");
  std::int64_t mbps = 0;
  const auto [stop, failed] = std::from_chars(speed.data(), speed.data() + speed.size(), mbps);
  // −1, as a signed or an unsigned number, is "not known".
  if (failed == std::errc{} && mbps > 0 && mbps < 0xffffffff)
    link.speed_mbps = static_cast<double>(mbps);
  link.half_duplex = read(folder / "duplex").value_or("").starts_with("half");
  return link;
}

}  // namespace weir::netdev_source
