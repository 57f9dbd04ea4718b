// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/observations.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "weir/error.hpp"

namespace weir::core::testpath {
namespace {

Outcome outcome_of(const std::string& text) {
  if (text == "received") return Outcome::received;
  if (text == "late") return Outcome::late;
  if (text == "lost" || text == "send_failed") return Outcome::lost;
  throw Error("the outcome '" + text + "' is not known");
}

Observation parse_line(std::string_view line) {
  const nlohmann::json row = nlohmann::json::parse(line);
  Observation said;
  said.number = row.at("probe").get<std::uint32_t>();
  said.outcome = outcome_of(row.at("outcome").get<std::string>());
  said.duplicate = row.at("duplicates").get<std::int64_t>() > 0;
  said.reordered = row.at("reordered").get<bool>();
  if (row.contains("rtt_ms") && !row["rtt_ms"].is_null())
    said.rtt = Nanos{std::llround(row["rtt_ms"].get<double>() * 1e6)};
  return said;
}

}  // namespace

std::vector<Observation> parse_observations(std::string_view json_lines) {
  std::vector<Observation> observations;
  for (std::size_t number = 1; !json_lines.empty(); ++number) {
    const std::size_t end = json_lines.find('\n');
    const std::string_view line = json_lines.substr(0, end);
    json_lines = end == std::string_view::npos ? std::string_view{} : json_lines.substr(end + 1);
    if (line.empty()) continue;
    try {
      observations.push_back(parse_line(line));
    } catch (const std::exception& problem) {
      throw Error("rows of icmp-source, line " + std::to_string(number) + ": " + problem.what());
    }
  }
  return observations;
}

}  // namespace weir::core::testpath
