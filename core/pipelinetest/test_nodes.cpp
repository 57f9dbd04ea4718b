// SPDX-License-Identifier: Apache-2.0
#include "core/pipelinetest/test_nodes.hpp"

#include <algorithm>
#include <charconv>

#include "weir/abi.h"

namespace weir::core::pipelinetest {
namespace {

std::string where(const Cell& cell) { return " (line " + std::to_string(cell.place.line) + ")"; }

/// What a column holds where the file does not say: the kind of its first value. Text is a tag, as
/// it mostly is; `types: {outcome: text}` makes it a field.
ColumnKind kind_of(const GivenRows& given, const std::string& column) {
  if (const auto said = given.columns.find(column); said != given.columns.end())
    return said->second;
  for (const Row& row : given.rows) {
    const Cell* cell = row.find(column);
    if (cell == nullptr || cell->kind == Cell::Kind::null) continue;
    if (cell->kind == Cell::Kind::boolean) return {Type::boolean, Role::field, {}};
    if (cell->kind == Cell::Kind::text) return {Type::utf8, Role::tag, {}};
    break;
  }
  return {};
}

void append_cell(ColumnBuilder& to, const Cell& cell) {
  const ColumnInfo& info = to.info();
  if (info.type == Type::utf8) return to.append(std::string_view(cell.text));
  if (info.type == Type::boolean && cell.kind == Cell::Kind::boolean)
    return to.append(cell.number != 0);
  if (info.type == Type::float64 && cell.kind == Cell::Kind::number) return to.append(cell.number);
  std::int64_t whole = 0;
  const char* const end = cell.text.data() + cell.text.size();
  const auto parsed = std::from_chars(cell.text.data(), end, whole);
  if (info.type == Type::int64 && parsed.ec == std::errc{} && parsed.ptr == end)
    return to.append(whole);
  throw Error("column '" + info.name + "' holds " + std::string(to_string(info.type)) + ", not '" +
              cell.text + "'" + where(cell) + "; `types: {" + info.name +
              ": …}` says what a column is");
}

std::vector<ColumnBuilder> columns_of(const GivenRows& given) {
  std::vector<ColumnBuilder> columns;
  columns.emplace_back(
      ColumnInfo{.name = "time", .type = Type::timestamp, .role = Role::time, .unit = "ns"});
  std::vector<std::string> names;
  for (const Row& row : given.rows) {
    for (const auto& [name, cell] : row.cells) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  for (const std::string& name : names) {
    const ColumnKind kind = kind_of(given, name);
    columns.emplace_back(
        ColumnInfo{.name = name, .type = kind.type, .role = kind.role, .unit = kind.unit});
  }
  return columns;
}

/// All rows of a table as one batch.
Batch batch_of(const GivenRows& given, Timestamp start) {
  std::vector<ColumnBuilder> builders = columns_of(given);
  for (const Row& row : given.rows) {
    const Timestamp time = row.time->at(start) + row.shift;
    builders.front().append(static_cast<std::int64_t>(time.time_since_epoch().count()));
    for (std::size_t i = 1; i < builders.size(); ++i) {
      const Cell* cell = row.find(builders[i].info().name);
      if (cell == nullptr || cell->kind == Cell::Kind::null) {
        builders[i].append_null();
      } else {
        append_cell(builders[i], *cell);
      }
    }
  }
  std::vector<Column> columns;
  for (ColumnBuilder& builder : builders) columns.push_back(builder.build());
  return {given.measurement, std::move(columns)};
}

class GivenSource final : public NodeInstance {
 public:
  GivenSource(std::shared_ptr<const std::vector<Departure>> departures, bool live, bool linger,
              const weir_host& host)
      : departures_(std::move(departures)), live_(live), linger_(linger), host_(host) {}

  void open() override {}
  Next produce(Emitter& emitter) override {
    const Timestamp now{Duration{host_.now(host_.self)}};
    while (next_ < departures_->size()) {
      const Departure& departure = (*departures_)[next_];
      if (live_ && departure.at > now) return Wait{departure.at};
      emitter.emit(departure.port, departure.batch);
      ++next_;
      if (!live_) return Again{};
    }
    if (linger_) return Wait{now + std::chrono::hours(24 * 365)};
    return End{};
  }
  void process(std::uint32_t, const Batch&, Emitter&) override {}
  void end_input(std::uint32_t, Emitter&) override {}
  void on_time(Timestamp, Emitter&) override {}
  void flush() override {}
  void finish(Reason, Emitter&) override {}

 private:
  std::shared_ptr<const std::vector<Departure>> departures_;
  bool live_;
  bool linger_;
  const weir_host& host_;
  std::size_t next_ = 0;
};

class Capture final : public NodeInstance {
 public:
  explicit Capture(std::vector<Batch>& to) : to_(to) {}
  void open() override {}
  Next produce(Emitter&) override { return End{}; }
  void process(std::uint32_t, const Batch& batch, Emitter&) override { to_.push_back(batch); }
  void end_input(std::uint32_t, Emitter&) override {}
  void on_time(Timestamp, Emitter&) override {}
  void flush() override {}
  void finish(Reason, Emitter&) override {}

 private:
  std::vector<Batch>& to_;
};

}  // namespace

std::vector<Departure> departures(const std::vector<const GivenRows*>& tables,
                                  const std::vector<std::uint32_t>& ports, Timestamp start) {
  std::vector<Departure> all;
  for (std::size_t table = 0; table < tables.size(); ++table) {
    if (tables[table]->rows.empty()) continue;
    const Batch batch = batch_of(*tables[table], start);
    const auto times = batch.times();
    std::int64_t leaves = times[0];
    for (std::size_t first = 0; first < times.size();) {
      leaves = std::max(leaves, times[first]);
      std::size_t end = first + 1;
      while (end < times.size() && times[end] == times[first]) ++end;
      all.push_back({Timestamp{Duration{leaves}}, ports[table], batch.slice(first, end - first)});
      first = end;
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Departure& a, const Departure& b) { return a.at < b.at; });
  return all;
}

std::unique_ptr<NodeInstance> make_given_source(
    std::shared_ptr<const std::vector<Departure>> departures, bool live, bool linger,
    const weir_host& host) {
  return std::make_unique<GivenSource>(std::move(departures), live, linger, host);
}

std::unique_ptr<NodeInstance> make_capture(std::vector<Batch>& to) {
  return std::make_unique<Capture>(to);
}

}  // namespace weir::core::pipelinetest
