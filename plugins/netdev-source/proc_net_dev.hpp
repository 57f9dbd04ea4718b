// SPDX-License-Identifier: Apache-2.0
// The counters of /proc/net/dev (proc_pid_net(5)). Pure: text in, values out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "counters.hpp"

namespace weir::netdev_source {

struct Interface {
  std::string name;
  Counters counters;
};

struct InterfaceTable {
  std::vector<Interface> interfaces;  ///< in the order of the file
  std::size_t malformed_lines = 0;    ///< left out

  [[nodiscard]] const Interface* find(std::string_view name) const;
};

[[nodiscard]] InterfaceTable parse_proc_net_dev(std::string_view text);

}  // namespace weir::netdev_source
