// SPDX-License-Identifier: Apache-2.0
// A network namespace of this process's own, which dies with it, and real interfaces in it.
#pragma once

#include <cstddef>
#include <string>

namespace weir::netdev_source::test {

/// Moves the calling thread, which must be the only one, into a new network namespace: as root, or
/// in a user namespace of its own. Empty, or why it is not permitted.
[[nodiscard]] std::string enter_own_namespace();

// Each throws std::runtime_error saying what the kernel refused.

/// Two ends of one cable, both up; what `one` sends arrives from now on.
void add_cable(const std::string& one, const std::string& other);
void remove_interface(const std::string& name);
void rename_interface(const std::string& from, const std::string& to);
/// Changes nothing but its description, which is an event.
void touch_interface(const std::string& name);
/// `count` Ethernet frames of `bytes` each, with header, to everybody.
void send_frames(const std::string& interface, std::size_t count, std::size_t bytes);

}  // namespace weir::netdev_source::test
