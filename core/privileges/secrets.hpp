// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A process that holds a secret leaves no picture of its memory.

#include "core/graph/graph.hpp"

namespace weir::core {

/// Some node was given a value for an option of type secret, however deep.
[[nodiscard]] bool holds_secrets(const Graph& graph);

/// No core file, also none by a pipe (systemd-coredump), and no ptrace by other processes of the
/// user. Call it after drop_rights: a change of user undoes it. Built with a sanitizer it leaves
/// ptrace alone, which LeakSanitizer needs of itself. Throws Error when the kernel refuses.
void forbid_core_files();

}  // namespace weir::core
