// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "core/cli/command.hpp"
#include "weir/abi.h"

namespace weir::core::cli {

int version_command(const Arguments& arguments) {
  if (!arguments.empty() && arguments.front() != "--help" && arguments.front() != "-h") {
    throw UsageError("weir version takes no words");
  }
  std::printf("weir %s (plugin ABI %d.%d, built by %s %s)\n", WEIR_VERSION, WEIR_ABI_MAJOR,
              WEIR_ABI_MINOR,
#ifdef __clang__
              "clang", __clang_version__
#else
              "gcc", __VERSION__
#endif
  );
  return done;
}

}  // namespace weir::core::cli
