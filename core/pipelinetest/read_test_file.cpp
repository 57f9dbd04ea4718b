// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <set>

#include "core/config/formats.hpp"
#include "core/pipelinetest/reading.hpp"
#include "weir/json_text.hpp"

namespace weir::core::pipelinetest {
namespace {

using config::Entry;
using config::Node;
using config::Problems;

constexpr const char* example =
    "such as `tests: [{name: …, given: {ping: {rows: […]}}, expect: {grid: {count: 3}}}]`";

/// As `--set` takes it: texts as they are, lists and maps as JSON, which is YAML.
void write_value(const Node& value, JsonText& json) {
  if (value.is_list()) {
    json.begin_array();
    for (const Node& item : value.items) write_value(item, json);
    json.end_array();
  } else if (value.is_map()) {
    json.begin_object();
    for (const Entry& entry : value.entries) {
      json.key(entry.key);
      write_value(entry.value, json);
    }
    json.end_object();
  } else {
    json.value(value.text);
  }
}

std::string override_of(const Entry& entry) {
  if (entry.value.is_null()) return entry.key + "=";
  if (entry.value.is_scalar() && !entry.value.quoted) return entry.key + "=" + entry.value.text;
  JsonText json;
  write_value(entry.value, json);
  return entry.key + "=" + std::move(json).take();
}

void read_overrides(const Entry& entry, PipelineTest& test, Problems& problems) {
  if (!entry.value.is_map()) {
    problems.error(entry.value.place, "'set' is a map of options", "such as {grid.step: 10s}");
    return;
  }
  for (const Entry& one : entry.value.entries) {
    test.overrides.push_back(override_of(one));
    test.override_places.push_back(one.key_place);
  }
}

Variables read_environment(const Entry& entry, Problems& problems) {
  Variables variables;
  if (!entry.value.is_map()) {
    problems.error(entry.value.place, "'environment' is a map of variables",
                   "such as {INFLUX_TOKEN: none}");
    return variables;
  }
  for (const Entry& one : entry.value.entries)
    variables[one.key] = read_text(one, problems).value_or("");
  return variables;
}

bool read_flag(const Entry& entry, Problems& problems) {
  if (entry.value.is_scalar() && (entry.value.text == "true" || entry.value.text == "false"))
    return entry.value.text == "true";
  problems.error(entry.value.place, "'" + entry.key + "' is true or false");
  return false;
}

double read_tolerance(const Entry& entry, Problems& problems) {
  double value = -1;
  const std::string& text = entry.value.text;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || !(value >= 0)) {
    problems.error(entry.value.place, "'tolerance' is a number of 0 or more",
                   "0.01 takes 1 % of the expected value, and 0.01 near zero");
  }
  return value;
}

void read_order(const Entry& entry, Expectation& expected, Problems& problems) {
  const std::string text = read_text(entry, problems).value_or("given");
  expected.any_order = text == "any";
  if (text != "any" && text != "given")
    problems.error(entry.value.place, "'order' is given or any, not '" + text + "'");
}

Expectation read_expectation(const Entry& entry, Problems& problems) {
  Expectation expected;
  const std::size_t dot = entry.key.find('.');
  expected.node = entry.key.substr(0, dot);
  if (dot != std::string::npos) expected.port = entry.key.substr(dot + 1);
  expected.place = entry.key_place;
  const std::size_t before = problems.all().size();
  if (!check_map(entry.value, "an expectation",
                 {"count", "at_least", "rows", "contains", "columns", "measurement", "order",
                  "exact", "tolerance"},
                 problems))
    return expected;
  const auto with = [&](const char* key, auto use) {
    if (const Entry* found = entry.value.find(key)) use(*found);
  };
  std::vector<std::string> columns;
  with("columns", [&](const Entry& e) { columns = read_names(e, problems); });
  // Rows under a misspelt `columns` would all be wrong.
  if (problems.all().size() != before) return expected;
  with("count", [&](const Entry& e) { expected.count = read_count(e, problems); });
  with("at_least", [&](const Entry& e) { expected.at_least = read_count(e, problems); });
  with("rows", [&](const Entry& e) { expected.rows = read_rows(e.value, columns, problems); });
  with("contains",
       [&](const Entry& e) { expected.contains = read_rows(e.value, columns, problems); });
  with("measurement",
       [&](const Entry& e) { expected.measurement = read_text(e, problems).value_or(""); });
  with("order", [&](const Entry& e) { read_order(e, expected, problems); });
  with("exact", [&](const Entry& e) { expected.exact = read_flag(e, problems); });
  with("tolerance", [&](const Entry& e) { expected.tolerance = read_tolerance(e, problems); });
  const bool says_nothing =
      !expected.count && !expected.at_least && !expected.rows && expected.contains.empty();
  if (says_nothing && problems.all().size() == before) {
    problems.error(entry.key_place, "nothing is expected of '" + entry.key + "'",
                   "add rows, contains, count or at_least");
  }
  return expected;
}

std::optional<ExpectedCounter> read_counter(const Entry& entry, Problems& problems) {
  const std::size_t dot = entry.key.find('.');
  const auto value = read_count(entry, problems);
  if (dot == std::string::npos) {
    problems.error(entry.key_place, "'" + entry.key + "' names no counter of a node",
                   "write node.counter, as in grid.late_rows");
    return std::nullopt;
  }
  if (!value) return std::nullopt;
  return ExpectedCounter{entry.key.substr(0, dot), entry.key.substr(dot + 1), entry.key_place,
                         *value};
}

void read_clock(const Node& value, PipelineTest& test, Problems& problems) {
  if (const Entry* start = value.find("start")) {
    test.start = parse_timestamp(start->value.text);
    if (!test.start) {
      problems.error(start->value.place, "'start' is the time at which the clock begins",
                     "such as 2026-01-01T00:00:00Z");
    }
  }
  if (const Entry* run_for = value.find("for")) {
    test.run_for = parse_duration(run_for->value.text);
    if (!test.run_for || test.run_for->count() <= 0)
      problems.error(run_for->value.place, "'for' is a duration above 0", "such as 1h");
  }
}

PipelineTest read_test(const Node& value, const Variables& environment, Problems& problems) {
  PipelineTest test;
  test.place = value.place;
  test.environment = environment;
  if (!check_map(value, "a test",
                 {"name", "set", "environment", "start", "for", "given", "expect", "counters"},
                 problems))
    return test;
  if (const Entry* name = value.find("name")) test.name = read_text(*name, problems).value_or("");
  if (test.name.empty()) problems.error(value.place, "a test needs a 'name'", example);
  if (const Entry* set = value.find("set")) read_overrides(*set, test, problems);
  if (const Entry* own = value.find("environment")) {
    for (auto& [name, text] : read_environment(*own, problems)) test.environment[name] = text;
  }
  read_clock(value, test, problems);
  const auto each = [&](const char* key, auto read) {
    const Entry* map = value.find(key);
    if (map == nullptr) return;
    if (!map->value.is_map()) {
      problems.error(
          map->value.place,
          std::string("'") + key + "' is a map, not " + config::kind_name(map->value.kind),
          example);
      return;
    }
    for (const Entry& entry : map->value.entries) read(entry);
  };
  each("given", [&](const Entry& entry) {
    for (GivenRows& rows : read_given(entry, problems)) test.given.push_back(std::move(rows));
  });
  each("expect",
       [&](const Entry& entry) { test.expected.push_back(read_expectation(entry, problems)); });
  each("counters", [&](const Entry& entry) {
    if (auto counter = read_counter(entry, problems)) test.counters.push_back(std::move(*counter));
  });
  if (value.find("expect") == nullptr && value.find("counters") == nullptr)
    problems.error(value.place, "this test expects nothing", "add `expect:` or `counters:`");
  return test;
}

void check_names(const std::vector<PipelineTest>& tests, Problems& problems) {
  std::set<std::string> names;
  for (const PipelineTest& test : tests) {
    if (!test.name.empty() && !names.insert(test.name).second)
      problems.error(test.place, "two tests are called '" + test.name + "'", "rename one");
  }
}

}  // namespace

Timestamp Moment::at(Timestamp start) const {
  if (const auto* time = std::get_if<Timestamp>(&value)) return *time;
  return start + std::get<Duration>(value);
}

std::optional<Moment> parse_moment(std::string_view text) {
  if (const auto time = parse_timestamp(text)) return Moment{*time};
  const bool before = text.starts_with('-');
  const auto duration = parse_duration(before ? text.substr(1) : text);
  if (!duration) return std::nullopt;
  return Moment{before ? -*duration : *duration};
}

const Cell* Row::find(std::string_view column) const {
  for (const auto& [name, cell] : cells) {
    if (name == column) return &cell;
  }
  return nullptr;
}

Timestamp PipelineTest::clock_start() const {
  if (start) return *start;
  std::optional<Timestamp> earliest;
  for (const GivenRows& rows : given) {
    for (const Row& row : rows.rows) {
      const auto* time = row.time ? std::get_if<Timestamp>(&row.time->value) : nullptr;
      if (time != nullptr && (!earliest || *time < *earliest)) earliest = *time;
    }
  }
  return earliest.value_or(Timestamp{std::chrono::seconds{1'767'225'600}});
}

bool check_map(const Node& value, const std::string& what, const std::vector<std::string>& known,
               Problems& problems) {
  if (!value.is_map()) {
    if (!value.reported)
      problems.error(value.place, what + " is a map, not " + config::kind_name(value.kind));
    return false;
  }
  std::string all;
  for (const std::string& key : known) all += (all.empty() ? "" : ", ") + key;
  for (const Entry& entry : value.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    problems.error(entry.key_place, what + " has no key '" + entry.key + "'",
                   config::did_you_mean(entry.key, known, "there are " + all));
  }
  return true;
}

std::optional<std::string> read_text(const Entry& entry, Problems& problems) {
  if (entry.value.is_scalar()) return entry.value.text;
  if (!entry.value.reported) {
    problems.error(entry.value.place,
                   "'" + entry.key + "' is a text, not " + config::kind_name(entry.value.kind));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> read_count(const Entry& entry, Problems& problems) {
  std::uint64_t value = 0;
  const std::string& text = entry.value.text;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size()) return value;
  problems.error(entry.value.place, "'" + entry.key + "' is a whole number of 0 or more");
  return std::nullopt;
}

std::vector<PipelineTest> read_test_file(const std::string& file, std::string_view bytes,
                                         Problems& problems) {
  std::vector<PipelineTest> tests;
  const config::Document document = config::parse_yaml(file, bytes, problems);
  if (document.root.reported) return tests;
  if (!document.root.is_map()) {
    problems.error({file, 0, 0, 1}, "a test file holds 'tests:'", example);
    return tests;
  }
  if (!check_map(document.root, "a test file", {"environment", "tests"}, problems)) return tests;
  Variables environment;
  if (const Entry* given = document.root.find("environment"))
    environment = read_environment(*given, problems);
  const Entry* list = document.root.find("tests");
  if (list == nullptr || !list->value.is_list() || list->value.items.empty()) {
    problems.error(list == nullptr ? config::Place{file, 0, 0, 1} : list->key_place,
                   "a test file holds a list of 'tests'", example);
    return tests;
  }
  for (const Node& item : list->value.items)
    tests.push_back(read_test(item, environment, problems));
  check_names(tests, problems);
  return tests;
}

}  // namespace weir::core::pipelinetest
