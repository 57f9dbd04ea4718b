// SPDX-License-Identifier: Apache-2.0
// What of the grid is kept over a restart.
#include <cmath>
#include <limits>
#include <utility>

#include "grid.hpp"
#include "saved_bytes.hpp"

namespace weir::aligner {
namespace {

constexpr std::string_view magic = "WEIRGRID";
constexpr std::uint32_t version = 1;

using model_parts::BytesReader;
using model_parts::BytesWriter;

/// NaN is "missing"; the reader refuses numbers that are not finite.
void put_value(BytesWriter& writer, double value) {
  const bool there = std::isfinite(value);
  writer.put(static_cast<std::uint8_t>(there));
  if (there) writer.put(value);
}
double take_value(BytesReader& reader) {
  return reader.take<std::uint8_t>() != 0 ? reader.take<double>()
                                          : std::numeric_limits<double>::quiet_NaN();
}

void put_text_map(BytesWriter& writer, const std::map<std::string, std::string>& map) {
  writer.put_size(map.size());
  for (const auto& [key, value] : map) {
    writer.put_text(key);
    writer.put_text(value);
  }
}

}  // namespace

/// Writes and reads the parts of one grid.
class Grid::Bytes {
 public:
  static void put_rules(BytesWriter& writer, const Grid& grid) {
    writer.put(grid.rules_.step);
    writer.put(static_cast<std::uint8_t>(grid.rules_.aggregate));
    writer.put(static_cast<std::uint8_t>(grid.rules_.fill));
    writer.put(grid.rules_.fill_limit);
    writer.put_list(grid.rules_.sentinels);
    writer.put_size(grid.inputs_.size());
    for (const Input& input : grid.inputs_) writer.put_text(input.name);
  }
  static void check_rules(BytesReader& reader, const Grid& grid) {
    const Rules& rules = grid.rules_;
    if (reader.take<std::int64_t>() != rules.step) reader.refuse("are of another step");
    if (reader.take<std::uint8_t>() != static_cast<std::uint8_t>(rules.aggregate))
      reader.refuse("are of another aggregate");
    if (reader.take<std::uint8_t>() != static_cast<std::uint8_t>(rules.fill) ||
        reader.take<std::int64_t>() != rules.fill_limit)
      reader.refuse("are of another fill");
    if (reader.take_list<double>() != rules.sentinels) reader.refuse("are of other sentinels");
    if (reader.take_size(grid.inputs_.size()) != grid.inputs_.size())
      reader.refuse("are of another number of inputs");
    for (const Input& input : grid.inputs_) {
      if (reader.take_text() != input.name) reader.refuse("are of other inputs");
    }
  }

  static void put_columns(BytesWriter& writer, const Grid& grid) {
    writer.put_size(grid.columns_.size());
    for (std::size_t column = 0; column < grid.columns_.size(); ++column) {
      const ColumnInfo& info = grid.columns_[column];
      writer.put_text(info.name);
      writer.put_text(info.unit);
      writer.put(info.scale);
      writer.put(info.offset);
      put_text_map(writer, info.metadata);
      writer.put(grid.known_[column].first);
      put_value(writer, grid.known_[column].second);
    }
  }
  static void take_columns(BytesReader& reader, Grid& grid, std::size_t most) {
    for (std::size_t left = reader.take_size(most); left > 0; --left) {
      ColumnInfo info;
      info.name = reader.take_text();
      info.unit = reader.take_text();
      info.scale = reader.take<double>();
      info.offset = reader.take<double>();
      for (std::size_t keys = reader.take_size(most); keys > 0; --keys) {
        const std::string key(reader.take_text());
        info.metadata[key] = reader.take_text();
      }
      grid.columns_.push_back(std::move(info));
      const auto time = reader.take<std::int64_t>();
      grid.known_.emplace_back(time, take_value(reader));
    }
  }

  static void put_series(BytesWriter& writer, const Input& input) {
    writer.put(static_cast<std::uint8_t>(input.named));
    writer.put(static_cast<std::uint8_t>(input.plain.has_value()));
    if (input.plain) writer.put_text(*input.plain);
    writer.put_size(input.series.size());
    for (const auto& [key, series] : input.series) {
      writer.put_text(key);
      writer.put_size(series.tags.size());
      for (const auto& [name, value] : series.tags) {
        writer.put_text(name);
        writer.put_text(value);
      }
      writer.put_size(series.columns.size());
      for (const auto& [field, column] : series.columns) {
        writer.put_text(field);
        writer.put_size(column);
      }
    }
  }
  static void take_series(BytesReader& reader, Grid& grid, Input& input, std::size_t most) {
    input.named = reader.take<std::uint8_t>() != 0;
    if (reader.take<std::uint8_t>() != 0) input.plain = reader.take_text();
    for (std::size_t left = reader.take_size(most); left > 0; --left) {
      Series& series = input.series[std::string(reader.take_text())];
      for (std::size_t tags = reader.take_size(most); tags > 0; --tags) {
        std::string name(reader.take_text());
        series.tags.emplace_back(std::move(name), reader.take_text());
      }
      for (std::size_t fields = reader.take_size(most); fields > 0; --fields) {
        std::string field(reader.take_text());
        series.columns[std::move(field)] = take_column(reader, grid);
      }
    }
  }

  static void put_open(BytesWriter& writer, const Grid& grid) {
    writer.put_size(grid.open_.size());
    for (const auto& [step, cells] : grid.open_) {
      writer.put(step);
      writer.put_size(cells.size());
      for (const auto& [column, cell] : cells) {
        writer.put_size(column);
        for (const double value : {cell.sum, cell.least, cell.greatest, cell.last})
          put_value(writer, value);
        writer.put(cell.last_time);
        writer.put(cell.count);
      }
    }
  }
  static void take_open(BytesReader& reader, Grid& grid, std::size_t most) {
    for (std::size_t steps = reader.take_size(most); steps > 0; --steps) {
      auto& cells = grid.open_[reader.take<std::int64_t>()];
      for (std::size_t left = reader.take_size(grid.columns_.size()); left > 0; --left) {
        Cell& cell = cells[take_column(reader, grid)];
        for (double* value : {&cell.sum, &cell.least, &cell.greatest, &cell.last})
          *value = take_value(reader);
        cell.last_time = reader.take<std::int64_t>();
        cell.count = reader.take<std::uint64_t>();
        if (cell.count > 0) cell.loaded_until = cell.last_time;
      }
    }
  }

  static void put_ready(BytesWriter& writer, const Grid& grid) {
    writer.put_size(grid.ready_.size());
    for (const Row& row : grid.ready_) {
      writer.put(row.time);
      writer.put_size(row.values.size());
      for (const double value : row.values) put_value(writer, value);
    }
    writer.put(static_cast<std::uint8_t>(grid.closed_until_.has_value()));
    writer.put(grid.closed_until_.value_or(0));
  }
  static void take_ready(BytesReader& reader, Grid& grid, std::size_t most) {
    for (std::size_t rows = reader.take_size(most); rows > 0; --rows) {
      Row row{reader.take<std::int64_t>(), {}};
      for (std::size_t left = reader.take_size(grid.columns_.size()); left > 0; --left)
        row.values.push_back(take_value(reader));
      grid.ready_.push_back(std::move(row));
    }
    const bool closed = reader.take<std::uint8_t>() != 0;
    const auto until = reader.take<std::int64_t>();
    if (closed) grid.closed_until_ = until;
    if (!closed && !grid.ready_.empty()) reader.refuse("contradict themselves");
  }

 private:
  static std::size_t take_column(BytesReader& reader, const Grid& grid) {
    const std::size_t column = reader.take_size(grid.columns_.size());
    if (column >= grid.columns_.size()) reader.refuse("name a column that is not there");
    return column;
  }
};

std::string Grid::save() const {
  BytesWriter writer(magic, version);
  Bytes::put_rules(writer, *this);
  Bytes::put_columns(writer, *this);
  for (const Input& input : inputs_) Bytes::put_series(writer, input);
  Bytes::put_open(writer, *this);
  Bytes::put_ready(writer, *this);
  return writer.seal();
}

void Grid::load(std::string_view bytes) {
  BytesReader reader(bytes, magic, version, "the aligner", "");
  std::vector<std::string> names;
  for (const Input& input : inputs_) names.push_back(input.name);
  Grid loaded(rules_, std::move(names));
  Bytes::check_rules(reader, loaded);
  Bytes::take_columns(reader, loaded, bytes.size());
  for (Input& input : loaded.inputs_) Bytes::take_series(reader, loaded, input, bytes.size());
  Bytes::take_open(reader, loaded, bytes.size());
  Bytes::take_ready(reader, loaded, bytes.size());
  reader.end();
  *this = std::move(loaded);
}

}  // namespace weir::aligner
