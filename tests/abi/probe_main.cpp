// SPDX-License-Identifier: Apache-2.0
// What `weir probe-library` does, without the rest of the program.
#include <string>
#include <vector>

#include "core/plugin/probe.hpp"

int main(int count, char** words) {
  weir::core::run_probe(std::vector<std::string>(words + 1, words + count));
}
