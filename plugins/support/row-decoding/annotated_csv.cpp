// SPDX-License-Identifier: Apache-2.0
// https://docs.influxdata.com/influxdb/v2/reference/syntax/annotated-csv/: tables one after
// another, each with "#datatype" lines, a header and rows that hold one field (_field, _value).
// Rows of one series and time become one row of all fields. Tables of different fields stand far
// apart, so the rows are held until the text ends, or until there are very many.
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <weir/error.hpp>

#include "csv_record.hpp"
#include "decoder.hpp"
#include "row_builder.hpp"

namespace weir::rows {
namespace {

constexpr std::size_t most_held = 1'000'000;

using Tags = std::vector<std::pair<std::string, std::string>>;
using Key = std::tuple<std::string, std::int64_t, Tags>;  // measurement, time, tags

class AnnotatedCsvDecoder final : public Decoder {
 public:
  explicit AnnotatedCsvDecoder(RowFormat format)
      : format_(std::move(format)), splitter_(','), time_(TimeFormat::rfc3339) {}

  std::size_t take(std::string_view text, bool last, std::size_t most) override {
    const std::string_view all = text;
    while (held_.size() < most_held && rejections_.size() < most &&
           splitter_.split(text, last, record_)) {
      take_record();
      rejections_.advance(record_.lines);
      text.remove_prefix(record_.size);
    }
    complete_ = held_.size() >= most_held || (last && text.empty());
    return all.size() - text.size();
  }

  std::size_t ready() const override { return complete_ ? held_.size() : 0; }

  std::vector<Batch> build() override {
    std::vector<Batch> batches;
    std::map<std::string, BatchBuilder> builders;
    for (const auto& measurement : columns_) make_columns(builders, measurement.first);
    for (const auto& [key, values] : held_) add_row(builders.at(std::get<0>(key)), key, values);
    for (auto& [name, builder] : builders) {
      if (!builder.empty()) batches.push_back(builder.build());
    }
    held_.clear();
    return batches;
  }

 private:
  /// What is known of the columns of a measurement.
  struct Columns {
    std::map<std::string, BatchBuilder::Key> tags;
    std::map<std::string, std::pair<Look, BatchBuilder::Key>> fields;
  };

  void take_record() {
    if (record_.fault != nullptr) return rejections_.add(record_.text, record_.fault);
    if (!simdjson::validate_utf8(record_.text.data(), record_.text.size())) {
      return rejections_.add(record_.text, "this is no UTF-8");
    }
    const auto& cells = record_.cells;
    if (record_.blank()) return;
    if (cells.front().starts_with('#')) {
      header_.clear();
      if (cells.front() == "#datatype") types_.assign(cells.begin(), cells.end());
      return;
    }
    if (header_.empty()) {
      header_.assign(cells.begin(), cells.end());
    } else if (header_.size() > 1 && header_[1] == "error" && cells.size() > 1) {
      // A query that fails halfway ends its answer with a table of this form.
      throw Fatal("the text ends with a server's error: " + printable(cells[1]));
    } else if (cells.size() != header_.size() || types_.size() != header_.size()) {
      rejections_.add(record_.text, "the row has " + std::to_string(cells.size()) +
                                        " cells, the header " + std::to_string(header_.size()) +
                                        ", #datatype " + std::to_string(types_.size()));
    } else if (const std::string reason = take_row(); !reason.empty()) {
      rejections_.add(record_.text, reason);
    }
  }

  /// Empty, or why the row cannot be used.
  std::string take_row() {
    Key key{format_.measurement, 0, {}};
    std::string_view field;
    std::string_view value;
    std::string_view type;
    bool has_time = false;
    for (std::size_t i = 1; i < header_.size(); ++i) {
      const std::string& name = header_[i];
      const std::string_view cell = record_.cells[i];
      if (name == "_time") {
        const auto time = time_.parse(cell);
        if (!time) return "'" + std::string(cell) + "' is no RFC 3339 time";
        std::get<1>(key) = *time;
        has_time = true;
      } else if (name == "_measurement") {
        std::get<0>(key) = cell;
      } else if (name == "_field") {
        field = cell == "time" ? "time_value" : cell;
      } else if (name == "_value") {
        value = cell;
        type = types_[i];
      } else if (types_[i] == "string" && name != "result" && !name.starts_with('_') &&
                 !cell.empty()) {
        std::get<2>(key).emplace_back(name == "time" ? "time_value" : name, cell);
      }
    }
    if (!has_time || field.empty())
      return "the table has no _time or no _field; export it without pivot or yield";
    std::sort(std::get<2>(key).begin(), std::get<2>(key).end());
    return hold(std::move(key), std::string(field), value, type);
  }

  std::string hold(Key key, std::string field, std::string_view text, std::string_view type) {
    Columns& columns = columns_[std::get<0>(key)];
    // Only a text may be empty: the row is there, so the value is.
    if (text.empty() && type != "string") return {};
    Cell cell = look_at(text);
    const bool whole = type == "long" || type == "unsignedLong";
    const Look wanted = whole               ? Look::integer
                        : type == "double"  ? Look::number
                        : type == "boolean" ? Look::boolean
                                            : Look::text;
    if (wanted == Look::number && cell.look == Look::integer) cell.look = Look::number;
    if (wanted == Look::number && means_missing(text)) return {};
    if (wanted != Look::text && cell.look != wanted)
      return "'" + std::string(text) + "' is no " + std::string(type);
    const auto [known, added] = columns.fields.try_emplace(field, wanted, BatchBuilder::Key{});
    if (known->second.first != wanted)
      return "field '" + field + "' has another type in an earlier table";
    for (const auto& tag : std::get<2>(key)) {
      columns.tags.try_emplace(tag.first);
      if (columns.fields.contains(tag.first)) return "'" + tag.first + "' is a tag and a field";
    }
    held_[std::move(key)][std::move(field)] = std::string(text);
    return {};
  }

  void make_columns(std::map<std::string, BatchBuilder>& builders, const std::string& measurement) {
    BatchBuilder& builder = builders.try_emplace(measurement, measurement).first->second;
    Columns& columns = columns_.at(measurement);
    for (auto& [name, key] : columns.tags) key = builder.tag(name);
    for (auto& [name, field] : columns.fields) {
      switch (field.first) {
        case Look::integer:
          field.second = builder.field<std::int64_t>(name);
          break;
        case Look::boolean:
          field.second = builder.field<bool>(name);
          break;
        case Look::text:
          field.second = builder.field<std::string>(name);
          break;
        default:
          field.second = builder.field<double>(name);
          break;
      }
    }
  }

  void add_row(BatchBuilder& builder, const Key& key,
               const std::map<std::string, std::string>& values) {
    const Columns& columns = columns_.at(std::get<0>(key));
    auto row = builder.row(std::get<1>(key));
    for (const auto& [name, value] : std::get<2>(key)) row.set(columns.tags.at(name), value);
    for (const auto& [name, text] : values) {
      const auto& [look, column] = columns.fields.at(name);
      const Cell cell = look_at(text);
      switch (look) {
        case Look::integer:
          row.set(column, cell.integer);
          break;
        case Look::boolean:
          row.set(column, cell.boolean);
          break;
        case Look::text:
          row.set(column, text);
          break;
        default:
          row.set(column, cell.number);
          break;
      }
    }
  }

  RowFormat format_;
  CsvSplitter splitter_;
  CsvRecord record_;
  TimeParser time_;
  std::vector<std::string> types_;
  std::vector<std::string> header_;
  std::map<std::string, Columns> columns_;
  std::map<Key, std::map<std::string, std::string>> held_;
  bool complete_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_annotated_csv_decoder(RowFormat format) {
  return std::make_unique<AnnotatedCsvDecoder>(std::move(format));
}

}  // namespace weir::rows
