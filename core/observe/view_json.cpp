// SPDX-License-Identifier: Apache-2.0
#include "core/observe/view_json.hpp"

#include <algorithm>

#include "core/observe/health.hpp"
#include "weir/json_text.hpp"

namespace weir::core::observe {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

void add_facts(JsonText& json, const RunFacts::Node& node) {
  json.key("plugin").value(node.plugin).key("kind").value(node.kind);
  json.key("outputs").begin_array();
  for (const std::string& port : node.outputs) json.value(port);
  json.end_array().key("inputs").begin_array();
  for (const RunFacts::Input& input : node.inputs) {
    json.begin_object().key("node").value(input.node).key("port").value(input.port).end_object();
  }
  json.end_array();
}

void add_numbers(JsonText& json, const runtime::NodeStats& node, Duration now) {
  json.key("state").value(node.state);
  json.key("rows_in").value(node.rows_in).key("rows_out").value(node.rows_out);
  json.key("batches_in").value(node.batches_in).key("batches_out").value(node.batches_out);
  json.key("bytes_in").value(node.bytes_in).key("bytes_out").value(node.bytes_out);
  json.key("calls").value(node.calls).key("busy_seconds").value(seconds(node.busy));
  json.key("dropped_rows").value(node.dropped_rows).key("retries").value(node.retries);
  json.key("restarts").value(node.restarts).key("errors").value(node.errors);
  json.key("rejected_rows").value(node.rejected_rows);
  json.key("unrouted_rows").value(node.unrouted_rows);
  json.key("discarded_rows").value(node.discarded_rows);
  json.key("queued_bytes").value(node.queued_bytes);
  json.key("queue_capacity").value(node.queue_capacity);
  json.key("call").value(node.call);
  json.key("call_seconds").value(node.call.empty() ? 0 : seconds(now - node.call_since));
  json.key("trouble").value(node.trouble).key("failure").value(node.failure);
  json.key("counters").begin_object();
  for (const auto& [name, value] : node.counters) json.key(name).value(value);
  json.end_object();
}

void add_process(JsonText& json, const ProcessStats& process) {
  json.key("process").begin_object();
  json.key("resident_bytes").value(process.resident_bytes);
  json.key("cpu_seconds").value(process.cpu_seconds);
  json.key("open_fds").value(process.open_fds);
  json.key("threads").value(process.threads).end_object();
}

void add_edges(JsonText& json, const runtime::Snapshot& snapshot) {
  json.key("edges").begin_array();
  for (const runtime::EdgeStats& edge : snapshot.edges) {
    json.begin_object().key("name").value(edge.name).key("bytes").value(edge.bytes);
    json.key("batches").value(edge.batches).key("capacity").value(edge.capacity);
    json.key("dropped_rows").value(edge.dropped_rows).end_object();
  }
  json.end_array();
}

}  // namespace

std::string to_json(const RunView& view) {
  JsonText json;
  json.begin_object().key("pipeline").value(view.facts.pipeline);
  json.key("version").value(view.facts.version).key("pid").value(view.facts.pid);
  json.key("started").value(to_text(view.facts.started));
  json.key("monotonic").value(seconds(view.snapshot.now));
  const Health health = health_of(view);
  json.key("status").value(health.status).key("reasons").begin_array();
  for (const std::string& reason : health.reasons) json.value(reason);
  json.end_array();
  add_process(json, view.process);
  json.key("nodes").begin_array();
  for (const runtime::NodeStats& node : view.snapshot.nodes) {
    json.begin_object().key("name").value(node.name);
    const auto known = std::find_if(view.facts.nodes.begin(), view.facts.nodes.end(),
                                    [&](const auto& facts) { return facts.name == node.name; });
    if (known != view.facts.nodes.end()) add_facts(json, *known);
    add_numbers(json, node, view.snapshot.now);
    const bool hangs = std::any_of(view.hangs.begin(), view.hangs.end(),
                                   [&](const Hang& hang) { return hang.node == node.name; });
    json.key("hangs").value(hangs).end_object();
  }
  json.end_array();
  add_edges(json, view.snapshot);
  return json.end_object().take();
}

}  // namespace weir::core::observe
