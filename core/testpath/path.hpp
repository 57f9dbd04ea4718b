// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A network of its own with known faults, and work that runs in it.
///
///   work ── tun, 10.77.0.1/16, fd77::1/64 ── the path answers every ping to any other address
///   work ── tun, 10.77.0.1 ── path ── tun, 10.77.0.2, fd77::2 ── peer's work      (forward)
///
/// Nothing leaves the namespace. All processes end with the one that called.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/testpath/impairments.hpp"

namespace weir::core::testpath {

struct PathSettings {
  Impairments impairments;    ///< forward: of either direction, the way back with the next seed
  std::filesystem::path log;  ///< the truth; see truth.hpp
  bool forward = false;       ///< to a second namespace, whose kernel answers
  std::chrono::seconds limit{600};  ///< then everything is ended
  std::function<bool()> stop{};     ///< asked all the while; true: everything is ended
};

/// Runs in a process of its own; what it returns is that process's exit code.
using Work = std::function<int()>;

/// nullopt: this process may make a path; else one sentence: what is missing, what to try.
[[nodiscard]] std::optional<std::string> why_no_path();

/// Makes the path, runs `work` beside it and gives back its exit code (128 + signal where one ended
/// it, 124 where the time was up, 130 where `stop` said so). `peer` runs in the second namespace
/// until `work` has ended. This process must have one thread. Throws Error where no path can be
/// made.
int run_in_path(const PathSettings& settings, const Work& work, const Work& peer = {});

}  // namespace weir::core::testpath
