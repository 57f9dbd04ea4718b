// SPDX-License-Identifier: Apache-2.0
#include "core/observe/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <functional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "core/observe/health.hpp"

namespace weir::core::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using runtime::NodeStats;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::size_t most_counters = 64;
constexpr std::size_t longest_name = 64;
constexpr std::array<std::string_view, 8> states{
    "running", "waiting", "blocked", "retrying", "restarting", "finished", "failed", "quarantined"};
constexpr std::array<std::string_view, 4> statuses{"ready", "degraded", "starting", "stopping"};

MetricFamily family(std::string name, std::string help, MetricType type) {
  return {std::move(name), std::move(help), type, {}};
}

void add(MetricFamily& to, Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  // One of the two is read, by the family's type.
  metric.counter.value = value;
  metric.gauge.value = value;
  to.metric.push_back(std::move(metric));
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// One number of every node.
struct NodeMetric {
  const char* name;
  const char* help;
  MetricType type;
  double (*value)(const NodeStats&);
};

template <auto Member>
double number(const NodeStats& node) {
  return static_cast<double>(node.*Member);
}

const std::vector<NodeMetric>& node_metrics() {
  using S = NodeStats;
  constexpr auto counter = MetricType::Counter;
  static const std::vector<NodeMetric> all{
      {"weir_node_rows_in_total", "Rows that the node has taken in.", counter, number<&S::rows_in>},
      {"weir_node_rows_out_total", "Rows that the node has given.", counter, number<&S::rows_out>},
      {"weir_node_batches_in_total", "Batches that the node has taken in.", counter,
       number<&S::batches_in>},
      {"weir_node_batches_out_total", "Batches that the node has given.", counter,
       number<&S::batches_out>},
      {"weir_node_bytes_in_total", "Bytes in memory of the batches taken in.", counter,
       number<&S::bytes_in>},
      {"weir_node_bytes_out_total", "Bytes in memory of the batches given.", counter,
       number<&S::bytes_out>},
      {"weir_node_calls_total", "Calls into the node that have returned.", counter,
       number<&S::calls>},
      {"weir_node_busy_seconds_total", "Time in calls that have returned.", counter,
       [](const S& node) { return seconds(node.busy); }},
      {"weir_node_dropped_rows_total", "Rows dropped in front of the node: its queue was full.",
       counter, number<&S::dropped_rows>},
      {"weir_node_retries_total", "Calls that are made again: the other side was away.", counter,
       number<&S::retries>},
      {"weir_node_restarts_total", "Times that the node was made anew.", counter,
       number<&S::restarts>},
      {"weir_node_errors_total", "Calls that failed.", counter, number<&S::errors>},
      {"weir_node_rejected_rows_total", "Rows kept aside as dead letters.", counter,
       number<&S::rejected_rows>},
      {"weir_node_unrouted_rows_total", "Rows given on a port that nothing takes.", counter,
       number<&S::unrouted_rows>},
      {"weir_node_discarded_rows_total",
       "Rows not dealt with: the node had failed for good or was taken out.", counter,
       number<&S::discarded_rows>},
      {"weir_node_queue_bytes", "Bytes that wait in front of the node.", MetricType::Gauge,
       number<&S::queued_bytes>},
      {"weir_node_queue_capacity_bytes", "Bytes that may wait in front of the node.",
       MetricType::Gauge, number<&S::queue_capacity>},
  };
  return all;
}

class Writer {
 public:
  explicit Writer(const RunView& view) : view_(view) {}

  std::string write() {
    about_run();
    for (const NodeMetric& metric : node_metrics()) {
      MetricFamily made = family(metric.name, metric.help, metric.type);
      for (const NodeStats& node : view_.snapshot.nodes)
        add(made, labels(node), metric.value(node));
      families_.push_back(std::move(made));
    }
    call_times();
    node_states();
    own_counters();
    process();
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families_);
    return out.str();
  }

 private:
  [[nodiscard]] Labels labels(const NodeStats& node) const {
    return {{"pipeline", view_.facts.pipeline}, {"node", node.name}};
  }

  void about_run() {
    MetricFamily build = family("weir_build_info", "What runs.", MetricType::Gauge);
    add(build, {{"version", view_.facts.version}}, 1);
    MetricFamily status =
        family("weir_run_status", "1 for what /health says of the run.", MetricType::Gauge);
    const Health health = health_of(view_);
    for (const std::string_view name : statuses) {
      add(status, {{"pipeline", view_.facts.pipeline}, {"status", std::string(name)}},
          health.status == name ? 1 : 0);
    }
    families_.push_back(std::move(build));
    families_.push_back(std::move(status));
  }

  void call_times() {
    MetricFamily going =
        family("weir_node_call_seconds", "How long the present call has gone on; 0: none.",
               MetricType::Gauge);
    MetricFamily hanging =
        family("weir_node_hanging", "1: the present call does not return.", MetricType::Gauge);
    for (const NodeStats& node : view_.snapshot.nodes) {
      add(going, labels(node),
          node.call.empty() ? 0 : seconds(view_.snapshot.now - node.call_since));
      const bool hangs = std::any_of(view_.hangs.begin(), view_.hangs.end(),
                                     [&](const Hang& hang) { return hang.node == node.name; });
      add(hanging, labels(node), hangs ? 1 : 0);
    }
    families_.push_back(std::move(going));
    families_.push_back(std::move(hanging));
  }

  void node_states() {
    MetricFamily made =
        family("weir_node_state", "1 for the state that the node is in.", MetricType::Gauge);
    for (const NodeStats& node : view_.snapshot.nodes) {
      for (const std::string_view state : states) {
        Labels with = labels(node);
        with.push_back({"state", std::string(state)});
        add(made, std::move(with), node.state == state ? 1 : 0);
      }
    }
    families_.push_back(std::move(made));
  }

  void own_counters() {
    MetricFamily made =
        family("weir_node_counter_total", "What the node itself counts.", MetricType::Counter);
    for (const NodeStats& node : view_.snapshot.nodes) {
      std::size_t shown = 0;
      for (const auto& [name, value] : node.counters) {
        if (name.size() > longest_name) continue;
        if (++shown > most_counters) break;
        Labels with = labels(node);
        with.push_back({"counter", name});
        add(made, std::move(with), static_cast<double>(value));
      }
    }
    if (!made.metric.empty()) families_.push_back(std::move(made));
  }

  void process() {
    const auto one = [&](const char* name, const char* help, MetricType type, double value) {
      MetricFamily made = family(name, help, type);
      add(made, {}, value);
      families_.push_back(std::move(made));
    };
    const ProcessStats& self = view_.process;
    one("process_cpu_seconds_total", "User and system time.", MetricType::Counter,
        self.cpu_seconds);
    one("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge,
        static_cast<double>(self.resident_bytes));
    one("process_virtual_memory_bytes", "Address space.", MetricType::Gauge,
        static_cast<double>(self.virtual_bytes));
    one("process_open_fds", "Open descriptors.", MetricType::Gauge,
        static_cast<double>(self.open_fds));
    one("process_threads", "Threads.", MetricType::Gauge, static_cast<double>(self.threads));
    one("process_start_time_seconds", "Start, seconds since 1970.", MetricType::Gauge,
        self.start_time_seconds);
  }

  const RunView& view_;
  std::vector<MetricFamily> families_;
};

}  // namespace

std::string metrics_text(const RunView& view) { return Writer(view).write(); }

}  // namespace weir::core::observe
