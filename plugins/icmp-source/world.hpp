// SPDX-License-Identifier: Apache-2.0
// All that the node takes from the machine; a test hands in its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolver.hpp"
#include "socket_linux.hpp"

namespace weir::icmp_source {

struct OpenSockets {
  std::vector<std::unique_ptr<Socket>> sockets;  ///< at most one a family
  FileDescriptor watch;                          ///< readable when any of them is
  std::string problem;  ///< what keeps a family from having one; empty: nothing
};

struct World {
  std::function<OpenSockets(FamilyChoice family, std::size_t payload, const Clock& clock)>
      open_sockets;
  LookupFunction look_up;
  std::string program;  ///< path of the running program, for messages
};

[[nodiscard]] World this_machine();

}  // namespace weir::icmp_source
