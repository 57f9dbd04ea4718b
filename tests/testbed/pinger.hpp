// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The simplest pinger that can witness what a path does. It judges nothing.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::testbed {

struct Pings {
  std::vector<std::string> targets;  ///< addresses of one family, asked in turn
  std::uint32_t count = 400;         ///< numbered from 0
  std::chrono::microseconds spacing{1000};
  std::chrono::milliseconds linger{2000};  ///< it ends when no reply has come for so long
};

/// Sends, and writes the number of each reply, in the order in which they come, one a line. 0:
/// done; 77: no raw socket of this family here.
int ping(const Pings& pings, const std::filesystem::path& replies);

[[nodiscard]] std::vector<std::uint32_t> read_replies(const std::filesystem::path& replies);

}  // namespace weir::testbed
