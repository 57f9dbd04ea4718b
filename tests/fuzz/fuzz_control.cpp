// SPDX-License-Identifier: Apache-2.0
// Any line as a request to a run's control socket, and as a condition of a tap.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/observe/control_request.hpp"
#include "core/observe/row_filter.hpp"
#include "core/observe/top_text.hpp"
#include "weir/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace observe = weir::core::observe;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  try {
    const observe::ControlRequest request = observe::parse_request(line);
    const observe::ControlRequest again = observe::parse_request(to_json(request));
    if (again.node != request.node && request.kind == observe::ControlRequest::Kind::tap) {
      std::abort();
    }
    (void)observe::RowFilter(request.where);
  } catch (const weir::Error&) {  // refused with a reason
  }
  try {
    const observe::TopView view = observe::parse_view(line);
    if (top_text(view, view, {}).find('\x1b') != std::string::npos) std::abort();
  } catch (const weir::Error&) {  // no view
  }
  return 0;
}
