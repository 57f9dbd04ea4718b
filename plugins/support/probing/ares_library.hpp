// SPDX-License-Identifier: Apache-2.0
// c-ares counts no references: the first use in the process starts it, for good.
#pragma once

namespace weir::probing {

/// Throws Error where c-ares cannot start. [any thread]
void start_ares_library();

}  // namespace weir::probing
