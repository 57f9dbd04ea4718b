// SPDX-License-Identifier: Apache-2.0
// Whatever a server answers: no crash, no endless loop, only the errors that are declared. The
// first byte chooses the language.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "flux_history.hpp"
#include "influxql_answer.hpp"
#include "influxql_history.hpp"

namespace {

using namespace weir;
using namespace weir::influx_source;

/// The same answer to every question; a history may go on for ever, for the server does.
void run(History& history) {
  for (int calls = 0; calls < 50; ++calls) {
    Found found;
    if (!history.step(found)) return;
    for (const Batch& batch : found.rows) {
      if (batch.empty()) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Ask ask = [&](const std::string&) { return text; };
  const Log log = [](Level, const std::string&) {};
  try {
    if (data[0] % 2 == 0) {
      InfluxqlHistory history({}, ask, log);
      run(history);
    } else {
      FluxHistory history({}, ask, log, [] { return std::int64_t{0}; });
      run(history);
    }
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
