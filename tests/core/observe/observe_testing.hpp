// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A small run to look at: source -> sink.

#include <chrono>
#include <string>

#include "core/observe/run_view.hpp"

namespace weir::core::observe {

using std::chrono::seconds;

inline RunView small_run() {
  RunView view;
  view.facts = {"monitor", "1.2.3", 42, Timestamp{seconds{1'800'000'000}}, {}};
  view.facts.nodes.push_back({"ping", "icmp-source", "source", {"out"}, {}});
  view.facts.nodes.push_back({"store", "influx-sink", "sink", {"rejected"}, {{"ping", ""}}});
  view.snapshot.stage = "running";
  view.snapshot.now = seconds{1000};
  for (const char* name : {"ping", "store"}) {
    runtime::NodeStats node;
    node.name = name;
    node.state = "waiting";
    view.snapshot.nodes.push_back(node);
  }
  return view;
}

}  // namespace weir::core::observe
