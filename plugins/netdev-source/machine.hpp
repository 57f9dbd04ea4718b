// SPDX-License-Identifier: Apache-2.0
// The files of /proc and /sys that the node reads, under a root that a test may choose, and the
// question that a driver is asked for its speed.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "proc_net_dev.hpp"
#include "rates.hpp"

namespace weir::netdev_source {

class Machine {
 public:
  /// Nothing: it cannot be asked.
  using AskDriver = std::function<std::optional<Link>(const std::string& interface)>;

  /// Without `ask_driver` speeds are read from /sys.
  explicit Machine(std::filesystem::path root = "/", AskDriver ask_driver = {})
      : root_(std::move(root)), ask_driver_(std::move(ask_driver)) {}

  /// Throws std::runtime_error where the file cannot be read.
  [[nodiscard]] InterfaceTable interfaces() const;
  [[nodiscard]] std::optional<std::string> default_interface() const;
  /// Speed and duplex as told, also where they are invented.
  [[nodiscard]] Link wire(const std::string& interface) const;
  /// wire() of interfaces with a device behind them, as /sys tells: what a bridge or a tunnel
  /// reports is invented.
  [[nodiscard]] Link link(const std::string& interface) const;

 private:
  std::filesystem::path root_;
  AskDriver ask_driver_;
};

}  // namespace weir::netdev_source
