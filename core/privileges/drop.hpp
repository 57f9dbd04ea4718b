// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Gives up every right of this process, for good.

#include <optional>

#include "core/privileges/user.hpp"

namespace weir::core {

/// In this order: the bounding set is emptied where permitted (CAP_SETPCAP), the ambient set is
/// cleared, groups and user become those of `user` (if there is one; HOME, USER and LOGNAME
/// follow), the permitted, effective and inheritable sets are emptied, no_new_privs is set. Then it
/// looks whether a right is left.
///
/// Credentials belong to a thread, so no other one may exist where there are rights. Throws Error
/// in one line when one does, when the kernel refuses a step, or when a right is left: a run must
/// not go on then.
void drop_rights(const std::optional<User>& user);

}  // namespace weir::core
