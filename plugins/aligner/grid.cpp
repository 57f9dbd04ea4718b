// SPDX-License-Identifier: Apache-2.0
#include "grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "watermarks.hpp"

namespace weir::aligner {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::string text_of(const std::vector<std::pair<std::string, std::string>>& tags) {
  std::string text;
  for (const auto& [name, value] : tags) text += (text.empty() ? "" : ",") + name + "=" + value;
  return text;
}

}  // namespace

std::optional<std::int64_t> common_distance(std::vector<std::vector<std::int64_t>> times) {
  std::map<std::int64_t, std::size_t> counts;
  for (std::vector<std::int64_t>& list : times) {
    std::sort(list.begin(), list.end());
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (list[i] != list[i - 1]) ++counts[list[i] - list[i - 1]];
    }
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? std::nullopt : std::optional(most->first);
}

Grid::Grid(Rules rules, std::vector<std::string> inputs) : rules_(std::move(rules)) {
  for (std::string& name : inputs) {
    inputs_.emplace_back();
    inputs_.back().name = std::move(name);
  }
}

std::vector<std::size_t> Grid::add(std::size_t input, const Batch& batch) {
  std::vector<const Column*> tags;
  std::vector<const Column*> fields;
  for (const Column& column : batch.columns()) {
    if (column.role() == Role::tag) tags.push_back(&column);
    if (column.role() == Role::field && column.numeric()) fields.push_back(&column);
  }
  std::vector<std::size_t> late;
  const auto times = batch.times();
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const std::int64_t step = watermarks::floor_to(times[row], rules_.step);
    if (closed_until_ && step <= *closed_until_) {
      late.push_back(row);
      continue;
    }
    Series& series = series_of(inputs_.at(input), tags, row);
    open_.try_emplace(step);
    for (const Column* field : fields) {
      const std::size_t column = column_of(inputs_[input], series, batch, *field);
      const double value = field->number(row);
      if (!std::isnan(value) && !is_sentinel(value)) add_value(step, column, times[row], value);
    }
  }
  return late;
}

Grid::Series& Grid::series_of(Input& input, const std::vector<const Column*>& tags,
                              std::size_t row) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const Column* tag : tags) values.emplace_back(tag->name(), tag->text(row));
  const auto [at, fresh] = input.series.try_emplace(text_of(values));
  if (fresh) at->second.tags = std::move(values);
  return at->second;
}

std::size_t Grid::column_of(Input& input, Series& series, const Batch& batch, const Column& field) {
  const auto [at, fresh] = series.columns.try_emplace(field.name(), columns_.size());
  if (!fresh) return at->second;
  ColumnInfo info;  // the name comes later
  info.unit = field.unit();
  info.scale = field.info().scale;
  info.offset = field.info().offset;
  info.metadata = field.info().metadata;
  info.metadata["weir.measurement"] = batch.measurement();
  info.metadata["weir.field"] = field.name();
  if (!series.tags.empty()) info.metadata["weir.tags"] = text_of(series.tags);
  columns_.push_back(std::move(info));
  known_.emplace_back(0, missing);
  input.named = false;
  return at->second;
}

bool Grid::is_sentinel(double value) const {
  return std::find(rules_.sentinels.begin(), rules_.sentinels.end(), value) !=
         rules_.sentinels.end();
}

void Grid::add_value(std::int64_t step, std::size_t column, std::int64_t time, double value) {
  Cell& cell = open_[step][column];
  if (cell.loaded_until && time <= *cell.loaded_until) return;
  if (cell.count == 0) cell.least = cell.greatest = value;
  ++cell.count;
  cell.sum += value;
  cell.least = std::min(cell.least, value);
  cell.greatest = std::max(cell.greatest, value);
  if (cell.count == 1 || time >= cell.last_time) {
    cell.last = value;
    cell.last_time = time;
  }
}

double Grid::value_of(const Cell& cell) const {
  switch (rules_.aggregate) {
    case Aggregate::last:
      return cell.last;
    case Aggregate::min:
      return cell.least;
    case Aggregate::max:
      return cell.greatest;
    case Aggregate::sum:
      return cell.sum;
    case Aggregate::mean:
      break;
  }
  return cell.sum / static_cast<double>(cell.count);
}

/// Names are given when a row leaves, and stay: an input that held one series then keeps plain
/// names for it, and what comes later bears the values of its tags.
void Grid::fix_names() {
  for (Input& input : inputs_) {
    if (input.named || input.series.empty()) continue;
    if (!input.plain)
      input.plain = input.series.size() == 1 ? input.series.begin()->first : std::string{};
    name_columns(input);
    input.named = true;
  }
}

void Grid::name_columns(Input& input) {
  std::set<std::string> first_values;
  for (const auto& [key, series] : input.series) {
    first_values.insert(series.tags.empty() ? std::string{} : series.tags.front().second);
  }
  const bool first_tells_apart = first_values.size() == input.series.size();
  for (const auto& [key, series] : input.series) {
    std::string label;
    for (const auto& [name, value] : series.tags) {
      label += (label.empty() ? "" : ",") + value;
      if (first_tells_apart) break;
    }
    const bool plain = *input.plain == key;
    for (const auto& [field, column] : series.columns) {
      std::string& name = columns_[column].name;
      if (!name.empty()) continue;
      name = input.name + "." + field + (plain || label.empty() ? "" : "[" + label + "]");
    }
  }
}

void Grid::fill_last(Row& row) {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!std::isnan(row.values[column])) continue;
    const auto& [time, value] = known_[column];
    if (!std::isnan(value) && row.time - time <= rules_.fill_limit) row.values[column] = value;
  }
}

/// Draws a line from each column's last known value to the one in `row`, through the rows between.
void Grid::fill_linear(const Row& row) {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const auto [time, value] = known_[column];
    if (std::isnan(row.values[column]) || std::isnan(value) ||
        row.time - time > rules_.fill_limit + rules_.step)
      continue;
    for (auto between = ready_.rbegin(); between != ready_.rend() && between->time > time;
         ++between) {
      const double share =
          static_cast<double>(between->time - time) / static_cast<double>(row.time - time);
      between->values.resize(columns_.size(), missing);
      between->values[column] = value + share * (row.values[column] - value);
    }
  }
}

/// Steps in which nothing came, between the last row and `until`, as far as they can be filled.
void Grid::insert_fillable_rows(std::int64_t until) {
  if (rules_.fill == Fill::none || !closed_until_ || until - *closed_until_ <= rules_.step) return;
  if (rules_.fill == Fill::linear && until - *closed_until_ > rules_.fill_limit + rules_.step)
    return;
  for (std::int64_t time = *closed_until_ + rules_.step; time < until; time += rules_.step) {
    if (rules_.fill == Fill::last && time - *closed_until_ > rules_.fill_limit) return;
    Row row{time, std::vector<double>(columns_.size(), missing)};
    if (rules_.fill == Fill::last) fill_last(row);
    ready_.push_back(std::move(row));
  }
}

void Grid::close_step(std::int64_t time) {
  insert_fillable_rows(time);
  Row row{time, std::vector<double>(columns_.size(), missing)};
  for (const auto& [column, cell] : open_.begin()->second) row.values[column] = value_of(cell);
  open_.erase(open_.begin());
  if (rules_.fill == Fill::linear) fill_linear(row);
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (!std::isnan(row.values[column])) known_[column] = {time, row.values[column]};
  }
  if (rules_.fill == Fill::last) fill_last(row);
  closed_until_ = time;
  ready_.push_back(std::move(row));
}

/// A row waits while a later value may still fill it.
bool Grid::may_leave(const Row& row, bool all) const {
  if (all || rules_.fill != Fill::linear) return true;
  if (*closed_until_ - row.time >= rules_.fill_limit) return true;
  return row.values.size() == columns_.size() &&
         std::none_of(row.values.begin(), row.values.end(),
                      [](double value) { return std::isnan(value); });
}

Batch Grid::advance(std::optional<std::int64_t> watermark) {
  while (!open_.empty() && (!watermark || open_.begin()->first + rules_.step <= *watermark)) {
    close_step(open_.begin()->first);
  }
  std::vector<Row> leaving;
  while (!ready_.empty() && may_leave(ready_.front(), !watermark)) {
    leaving.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  if (leaving.empty()) return {};
  fix_names();
  return build(leaving);
}

Batch Grid::build(const std::vector<Row>& rows) const {
  ColumnBuilder time({.name = "time", .type = Type::timestamp, .role = Role::time, .unit = "ns"});
  for (const Row& row : rows) time.append(row.time);
  std::vector<Column> columns{time.build()};
  std::vector<std::size_t> order(columns_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return columns_[a].name < columns_[b].name; });
  for (const std::size_t column : order) {
    ColumnBuilder values(columns_[column]);
    for (const Row& row : rows)
      values.append(column < row.values.size() ? row.values[column] : missing);
    columns.push_back(values.build());
  }
  return {"grid", std::move(columns)};
}

}  // namespace weir::aligner
