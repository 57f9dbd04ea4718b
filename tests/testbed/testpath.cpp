// SPDX-License-Identifier: Apache-2.0
// testpath [--forward] --log FILE IMPAIRMENTS -- COMMAND…
//
//   testpath --log truth.txt "delay=20ms jitter=2ms loss=1% seed=7" -- fping -c 100 10.77.0.9
//
// Runs COMMAND in a network of its own, where every address of 10.77.0.0/16 and fd77::/64 answers
// pings as IMPAIRMENTS say. With --forward only 10.77.0.2 and fd77::2 do: the kernel of a second
// network, behind the same faults in either direction.
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include "core/testpath/path.hpp"

namespace {

using namespace weir::core::testpath;

struct CommandLine {
  PathSettings settings;
  char** command = nullptr;
};

CommandLine parse(int argc, char** argv) {
  CommandLine line;
  std::string impairments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") {
      line.command = argv + i + 1;
      break;
    }
    if (word == "--forward") {
      line.settings.forward = true;
    } else if (word == "--log" && i + 1 < argc) {
      line.settings.log = argv[++i];
    } else {
      impairments += ' ' + word;
    }
  }
  if (line.command == nullptr || *line.command == nullptr || line.settings.log.empty())
    throw std::runtime_error("usage: testpath [--forward] --log FILE IMPAIRMENTS -- COMMAND...");
  line.settings.impairments = parse_impairments(impairments);
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const CommandLine line = parse(argc, argv);
    return run_in_path(line.settings, [&] {
      ::execvp(line.command[0], line.command);
      std::fprintf(stderr, "testpath: %s: %s\n", line.command[0], std::strerror(errno));
      return 127;
    });
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "testpath: %s\n", problem.what());
    return 2;
  }
}
