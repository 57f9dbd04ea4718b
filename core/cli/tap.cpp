// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/watching.hpp"
#include "core/observe/control_request.hpp"
#include "core/observe/row_filter.hpp"
#include "weir/error.hpp"

namespace weir::core::cli {
namespace {

namespace po = boost::program_options;

CommandLine tap_line() {
  CommandLine line(
      "weir tap NODE[.PORT] [PIPELINE] [options]",
      "Shows rows as they leave a node of a run that goes on, one JSON object a line; of a sink, "
      "the rows\n"
      "that are on their way to it. The run never waits for it: rows that come faster than they "
      "are read\n"
      "are left out, and how many is said on standard error.",
      "  weir tap ping\n"
      "  weir tap grid.late monitor --limit 10\n"
      "  weir tap ping --where target=10.0.0.1 --where 'rtt_avg_ms>20' --limit 0\n");
  line.add()("where", po::value<Texts>()->composing()->value_name("CONDITION"),
             "only rows that meet it: column=value, column!=value, column>number, >=, <, <=; may "
             "repeat, then all must hold")(
      "limit", po::value<std::uint64_t>()->default_value(100)->value_name("ROWS"),
      "end after so many rows; 0: go on until the run ends");
  add_finding_options(line);
  line.positional("where-to-look", 2);
  return line;
}

observe::ControlRequest request_of(const po::variables_map& given, const std::string& place) {
  observe::ControlRequest request;
  request.kind = observe::ControlRequest::Kind::tap;
  const std::size_t dot = place.find('.');
  request.node = place.substr(0, dot);
  if (dot != std::string::npos) request.port = place.substr(dot + 1);
  request.where = texts(given, "where");
  request.limit = given["limit"].as<std::uint64_t>();
  try {
    const observe::RowFilter understood(request.where);
  } catch (const Error& trouble) {
    throw UsageError(std::string("--where ") + trouble.what());
  }
  return request;
}

/// What stands between the two, if the line begins and ends with them.
std::optional<std::string_view> within(std::string_view line, std::string_view first,
                                       std::string_view last) {
  if (!line.starts_with(first) || !line.ends_with(last)) return std::nullopt;
  return line.substr(first.size(), line.size() - first.size() - last.size());
}

int show(ControlConnection& run) {
  while (const auto line = run.receive()) {
    if (const auto row = within(*line, "{\"row\":", "}")) {
      // Nobody reads any more: `weir tap x | head`.
      if (std::fwrite(row->data(), 1, row->size(), stdout) != row->size()) return done;
      if (std::fputc('\n', stdout) == EOF || std::fflush(stdout) != 0) return done;
    } else if (const auto dropped = within(*line, "{\"dropped\":", "}")) {
      std::fprintf(stderr, "weir: %s rows are left out: they come faster than they are read\n",
                   std::string(*dropped).c_str());
    } else if (const auto end = within(*line, "{\"end\":\"", "\"}")) {
      if (*end != "limit") std::fprintf(stderr, "weir: %s\n", std::string(*end).c_str());
      return done;
    } else if (line->starts_with("{\"error\":")) {
      throw Error(nlohmann::json::parse(*line).at("error").get<std::string>());
    }
  }
  std::fprintf(stderr, "weir: the run has ended\n");
  return done;
}

}  // namespace

int tap_command(const Arguments& arguments) {
  CommandLine line = tap_line();
  const auto given = line.parse(arguments);
  if (!given) return done;
  const Texts names = texts(*given, "where-to-look");
  if (names.empty()) throw UsageError("name a node, for example ping; see weir tap --help");
  const observe::ControlRequest request = request_of(*given, names.front());
  ControlConnection run(connect_to_run(*given, names.size() > 1 ? names[1] : ""));
  run.send(to_json(request));
  return show(run);
}

}  // namespace weir::core::cli
