// SPDX-License-Identifier: Apache-2.0
// Compiled once for each ON_LOAD_…: does harm before anybody could ask who it is.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <weir/abi.h>

namespace {

struct OnLoad {
  OnLoad() {
#if defined(ON_LOAD_THROWS)
    throw std::runtime_error("no licence found");
#elif defined(ON_LOAD_SEGFAULTS)
    std::raise(SIGSEGV);
#elif defined(ON_LOAD_EXITS)
    std::puts("{\"name\":\"forged\"}");
    std::exit(0);
#elif defined(ON_LOAD_HANGS)
    while (true) pause();
#elif defined(ON_LOAD_TERMINATES)
    try {
      throw std::runtime_error("out of cheese");
    } catch (...) {
      std::terminate();
    }
#endif
  }
} on_load;

}  // namespace

extern "C" __attribute__((visibility("default"))) const weir_plugin* weir_plugin_entry() {
  throw std::runtime_error("the entry throws");
}
