// SPDX-License-Identifier: Apache-2.0
#include "core/cli/test_report.hpp"

#include <sstream>

#include "core/config/text.hpp"
#include "weir/json_text.hpp"

namespace weir::core::cli {
namespace {

/// What rows hold may come from anywhere.
std::string printable(const std::string& lines) {
  std::string text;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) text += config::printable(line) + "\n";
  return text;
}

std::string indented(const std::string& lines) {
  std::string text;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) text += "       " + line + "\n";
  return text;
}

std::string place_text(const config::Place& place) {
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace

std::string report_text(const TestRun& run) {
  std::string text = run.verdict.passed() ? "PASS " : "FAIL ";
  text += run.pipeline.filename().string() + ": " + run.test->name + " (" +
          std::to_string(run.took.count()) + " ms)\n";
  if (run.verdict.passed()) return printable(text);
  for (const auto& difference : run.verdict.differences) {
    text += "     " + place_text(difference.place) + ": " + difference.headline + "\n";
    text += indented(difference.table);
  }
  for (const std::string& line : run.verdict.log) text += "     log: " + line + "\n";
  return printable(text);
}

std::string report_json(const TestRun& run) {
  JsonText json;
  json.begin_object();
  json.key("pipeline").value(run.pipeline.string());
  json.key("test").value(run.test->name);
  json.key("result").value(run.verdict.passed() ? "pass" : "fail");
  json.key("milliseconds").value(run.took.count());
  json.key("file").value(run.test->place.file);
  json.key("line").value(run.test->place.line);
  json.key("differences").begin_array();
  for (const auto& difference : run.verdict.differences) {
    json.begin_object();
    json.key("line").value(difference.place.line);
    json.key("message").value(difference.headline);
    json.key("table").value(difference.table);
    json.end_object();
  }
  json.end_array();
  json.key("log").begin_array();
  for (const std::string& line : run.verdict.log) json.value(line);
  json.end_array();
  json.end_object();
  return std::move(json).take();
}

}  // namespace weir::core::cli
