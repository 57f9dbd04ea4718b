// SPDX-License-Identifier: Apache-2.0
#include "load_latency.hpp"

#include <algorithm>

namespace weir::qos_scorer {

void LoadLatency::Window::add(double value, std::size_t most) {
  const auto stored = static_cast<float>(value);
  if (values.size() < most) {
    values.push_back(stored);
    return;
  }
  values[next] = stored;
  next = (next + 1) % most;
}

double LoadLatency::Window::median() const {
  std::vector<float> sorted = values;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  if (sorted.size() % 2 == 1) return *middle;
  return (double{*middle} + double{*std::max_element(sorted.begin(), middle)}) / 2;
}

void LoadLatency::add(double rtt_ms, double utilization_percent, const LoadRules& rules) {
  if (utilization_percent < rules.idle_below_percent) {
    idle_.add(rtt_ms, rules.steps);
  } else if (utilization_percent >= rules.busy_from_percent) {
    busy_.add(rtt_ms, rules.steps);
  }
}

void LoadLatency::save(model_parts::BytesWriter& writer) const {
  for (const Window* window : {&idle_, &busy_}) {
    writer.put_list(window->values);
    writer.put_size(window->next);
  }
}

void LoadLatency::load(model_parts::BytesReader& reader, const LoadRules& rules) {
  for (Window* window : {&idle_, &busy_}) {
    window->values = reader.take_list<float>();
    window->next = reader.take_size(window->values.size());
    if (window->values.size() > rules.steps ||
        (window->next > 0 && window->next >= window->values.size()))
      reader.refuse("are of more steps than load_steps");
  }
}

std::optional<double> LoadLatency::milliseconds() const {
  if (idle_.values.empty() || busy_.values.empty()) return std::nullopt;
  return busy_.median() - idle_.median();
}

}  // namespace weir::qos_scorer
