// SPDX-License-Identifier: Apache-2.0
#include "core/cli/signal_guard.hpp"

#include <atomic>
#include <csignal>

namespace weir::core::cli {
namespace {

std::atomic<runtime::Runner*> running{nullptr};
std::atomic<Reloader*> reloading{nullptr};

extern "C" void stop_on_signal(int) {
  if (runtime::Runner* runner = running.load()) runner->request_stop();
}

extern "C" void reload_on_signal(int) {
  if (Reloader* reloader = reloading.load()) reloader->request();
}

}  // namespace

SignalGuard::SignalGuard(runtime::Runner& runner, Reloader& reloader) {
  running = &runner;
  reloading = &reloader;
  struct sigaction action {};
  action.sa_handler = stop_on_signal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = reload_on_signal;
  ::sigaction(SIGHUP, &action, nullptr);
}

SignalGuard::~SignalGuard() {
  running = nullptr;
  reloading = nullptr;
}

}  // namespace weir::core::cli
