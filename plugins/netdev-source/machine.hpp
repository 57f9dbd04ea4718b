// SPDX-License-Identifier: Apache-2.0
// The files of /proc and /sys that the node reads, under a root that a test may choose.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "rates.hpp"
#include "sampler.hpp"

namespace weir::netdev_source {

class Machine {
 public:
  explicit Machine(std::filesystem::path root = "/") : root_(std::move(root)) {}

  /// Throws std::runtime_error where the file cannot be read.
  [[nodiscard]] InterfaceTable interfaces() const;
  [[nodiscard]] std::optional<std::string> default_interface() const;
  /// Speed only of interfaces with a device behind them: what a bridge or a tunnel reports is
  /// invented.
  [[nodiscard]] Link link(const std::string& interface) const;

 private:
  std::filesystem::path root_;
};

}  // namespace weir::netdev_source
