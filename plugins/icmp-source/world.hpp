// SPDX-License-Identifier: Apache-2.0
// All that the node takes from the machine; a test hands in its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "resolver.hpp"
#include "socket_linux.hpp"

namespace weir::icmp_source {

struct OpenSockets {
  std::vector<std::unique_ptr<Socket>> sockets;  ///< at most one a family
  FileDescriptor watch;                          ///< readable when any of them is
  std::string problem;         ///< what keeps a family from having one; empty: nothing
  bool stamps_sending = true;  ///< the kernel stamps requests
};

/// The descriptor that was opened for a family while there were rights; -1: none.
using KeptSocket = std::function<int(Family)>;

struct World {
  /// Takes what was kept; what was not is opened now, as far as it is permitted.
  std::function<OpenSockets(FamilyChoice family, std::size_t payload, const Clock& clock,
                            const KeptSocket& kept)>
      open_sockets;
  std::function<std::unique_ptr<probing::LookupService>()> lookups;
  std::function<std::uint32_t(const std::string& interface)> interface_index;  ///< 0: not there
  std::string program;  ///< path of the running program, for messages
};

[[nodiscard]] World this_machine();

/// Under which a family's socket is kept (weir.privileged/1).
[[nodiscard]] const char* socket_key(Family family);
/// Hands the sockets over that this process may open.
void open_kept_sockets(FamilyChoice choice, const std::function<void(const char* key, int)>& keep);

}  // namespace weir::icmp_source
