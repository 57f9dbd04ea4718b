// SPDX-License-Identifier: Apache-2.0
#include "core/observe/health.hpp"

#include "weir/json_text.hpp"

namespace weir::core::observe {
namespace {

/// What the node's state says of it; empty: nothing is wrong.
std::string trouble_of(const runtime::NodeStats& node, Duration now) {
  if (node.state == "quarantined") return "is " + node.failure;
  if (!node.failure.empty()) return "has failed for good: " + node.failure;
  if (node.retrying_since != Duration{0}) {
    return "retries since " + spoken(now - node.retrying_since) + ": " + node.trouble;
  }
  if (node.state == "restarting") return "restarts after an error: " + node.trouble;
  return {};
}

std::string text_of(const Loss& loss) {
  std::string text;
  if (loss.dropped_rows > 0) {
    text = std::to_string(loss.dropped_rows) + " rows were dropped, its queue was full";
  }
  if (loss.rejected_rows > 0) {
    text += (text.empty() ? "" : "; ") + std::to_string(loss.rejected_rows) +
            " rows were kept aside as dead letters";
  }
  return text + " (last minute)";
}

}  // namespace

Health health_of(const RunView& view) {
  Health health;
  const auto add = [&](const std::string& node, const std::string& text) {
    health.reasons.push_back("node " + node + " " + text);
  };
  for (const runtime::NodeStats& node : view.snapshot.nodes) {
    const std::string trouble = trouble_of(node, view.snapshot.now);
    if (!trouble.empty()) add(node.name, trouble);
  }
  for (const Hang& hang : view.hangs) {
    add(hang.node, "hangs in " + hang.call + "() for " + spoken(hang.quiet));
  }
  for (const Loss& loss : view.losses) {
    health.reasons.push_back("at node " + loss.node + ": " + text_of(loss));
  }
  if (view.snapshot.stage != "running") {
    health.status = view.snapshot.stage;
  } else {
    health.status = health.reasons.empty() ? "ready" : "degraded";
  }
  return health;
}

std::string to_json(const Health& health) {
  JsonText json;
  json.begin_object().key("status").value(health.status).key("reasons").begin_array();
  for (const std::string& reason : health.reasons) json.value(reason);
  return json.end_array().end_object().take();
}

}  // namespace weir::core::observe
