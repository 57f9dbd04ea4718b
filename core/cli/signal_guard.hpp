// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/cli/reloader.hpp"
#include "core/runtime/runner.hpp"

namespace weir::core::cli {

/// Ends the run on SIGINT and SIGTERM and reloads it on SIGHUP while it lives; from its end on
/// these signals do nothing. One at a time.
class SignalGuard {
 public:
  SignalGuard(runtime::Runner& runner, Reloader& reloader);
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
  ~SignalGuard();
};

}  // namespace weir::core::cli
