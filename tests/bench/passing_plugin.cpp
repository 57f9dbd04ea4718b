// SPDX-License-Identifier: Apache-2.0
// A transform that does nothing, for what it costs to call one.
#include <weir/plugin.hpp>

namespace {

struct Passing {
  static constexpr auto name = "passing", summary = "Gives back what it gets.";
  static weir::Batch process(weir::Batch batch) { return batch; }
};

}  // namespace

WEIR_PLUGIN("1.0.0", Passing)
