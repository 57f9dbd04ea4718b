// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/trace.hpp"

#include <string_view>

namespace weir::core::runtime {

void TraceHash::add(const TraceEvent& event) {
  ++events_;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) {
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    hash_ = (hash_ ^ 0xFFU) * 1099511628211U;
  };
  mix(event.node);
  mix(to_string(event.call));
  mix(to_string(event.result));
  mix(std::to_string(event.time.time_since_epoch().count()));
  mix(std::to_string(event.rows));
  mix(std::to_string(event.emitted_rows));
}

std::string to_text(const TraceEvent& event) {
  std::string text = weir::to_text(event.time);
  text.append(" ").append(event.node).append(" ").append(to_string(event.call));
  text.append(" ").append(to_string(event.result));
  return text + " " + std::to_string(event.rows) + " rows in, " +
         std::to_string(event.emitted_rows) + " out";
}

}  // namespace weir::core::runtime
