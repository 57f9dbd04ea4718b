// SPDX-License-Identifier: Apache-2.0
#pragma once
/// `<pipeline>.test.yaml`: what is given to a pipeline's nodes and what must come out.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/problem.hpp"
#include "weir/column.hpp"
#include "weir/units.hpp"

namespace weir::core::pipelinetest {

using Variables = std::map<std::string, std::string>;

/// A time as the file writes it: `10s` after the start of the clock, or an RFC 3339 time.
struct Moment {
  std::variant<Duration, Timestamp> value;
  [[nodiscard]] Timestamp at(Timestamp start) const;
};
[[nodiscard]] std::optional<Moment> parse_moment(std::string_view text);

/// A value in a row. Its text is kept: what it means depends on the column that it stands for.
struct Cell {
  enum class Kind : std::uint8_t { null, boolean, number, text };
  Kind kind = Kind::null;
  std::string text;
  double number = 0;  ///< of a number or boolean
  config::Place place;
};

struct Row {
  config::Place place;
  std::vector<std::pair<std::string, Cell>> cells;  ///< `time` apart
  std::optional<Moment> time;
  Duration shift{0};  ///< added to the time: rows that are repeated
  [[nodiscard]] const Cell* find(std::string_view column) const;
};

struct ColumnKind {
  Type type = Type::float64;
  Role role = Role::field;
  std::string unit;
};

/// Rows of one measurement that leave a node.
struct GivenRows {
  std::string node;
  std::string port;  ///< empty: the first
  config::Place place;
  std::string measurement;
  std::map<std::string, ColumnKind> columns;  ///< where the file says what they are
  std::vector<Row> rows;
};

struct Expectation {
  std::string node;
  std::string port;  ///< empty: the first; of a sink, what reaches it
  config::Place place;
  std::string measurement;  ///< empty: of any
  std::optional<std::uint64_t> count;
  std::optional<std::uint64_t> at_least;
  std::optional<std::vector<Row>> rows;  ///< all of them
  std::vector<Row> contains;             ///< these among others, in this order
  bool any_order = false;
  bool exact = false;  ///< no column beside those that `rows` names
  double tolerance = 1e-9;
};

/// `grid.late_rows: 1`: what the engine or the node itself counts.
struct ExpectedCounter {
  std::string node;
  std::string counter;
  config::Place place;
  std::uint64_t value = 0;
};

struct PipelineTest {
  std::string name;
  config::Place place;
  std::vector<std::string> overrides;          ///< as `--set` takes them
  std::vector<config::Place> override_places;  ///< in the test's file
  Variables environment;                       ///< the only variables that the pipeline sees
  std::optional<Timestamp> start;              ///< of the clock
  std::optional<Duration> run_for;
  std::vector<GivenRows> given;
  std::vector<Expectation> expected;
  std::vector<ExpectedCounter> counters;

  /// `start`, else the earliest full time of the given rows, else 2026-01-01T00:00:00Z.
  [[nodiscard]] Timestamp clock_start() const;
};

/// All tests of a file. What is wrong goes to `problems`; never throws for bad input.
[[nodiscard]] std::vector<PipelineTest> read_test_file(const std::string& file,
                                                       std::string_view bytes,
                                                       config::Problems& problems);

}  // namespace weir::core::pipelinetest
