// SPDX-License-Identifier: Apache-2.0
#include "core/cli/reloader.hpp"

#include <gtest/gtest.h>

namespace weir::core::cli {
namespace {

using std::chrono::seconds;

runtime::Snapshot flushing_for(Duration took) {
  runtime::Snapshot snapshot;
  snapshot.now = seconds{1000};
  runtime::NodeStats idle;
  idle.name = "ping";
  runtime::NodeStats store;
  store.name = "store";
  store.call = "flush";
  store.call_since = snapshot.now - took;
  snapshot.nodes = {idle, store};
  return snapshot;
}

TEST(Reloader, DoesNotBeginWhileACallDoesNotReturn) {
  EXPECT_EQ(held_up(flushing_for(seconds{2})), "");
  EXPECT_EQ(held_up(flushing_for(seconds{45})),
            "store has been in its call of flush for 45 s, and a reload waits for every call to "
            "return");
}

}  // namespace
}  // namespace weir::core::cli
