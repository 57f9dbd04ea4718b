// SPDX-License-Identifier: Apache-2.0
// A stop ends sources, drains what is under way and says so by its exit code.
#include <gtest/gtest.h>

#include "tests/support/database.hpp"
#include "tests/support/program.hpp"

namespace weir::test {
namespace {

TEST(Signals, SigtermDrainsAndStoresWhatWasMeasured) {
  const TemporaryFolder folder;
  write_text(folder / "p.yaml",
             "nodes:\n"
             "  up:    {plugin: netdev-source, interfaces: [lo], interval: 100ms}\n"
             "  store: {plugin: sqlite-sink, inputs: [up], path: p.db}\n");
  const ProgramResult result = run_weir({.arguments = {"run", "p.yaml", "--state", "state"},
                                         .folder = folder.path(),
                                         .stop_after = std::chrono::seconds(3)});
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_GE(number(folder / "p.db", "SELECT count(*) FROM netdev"), 10);
}

}  // namespace
}  // namespace weir::test
