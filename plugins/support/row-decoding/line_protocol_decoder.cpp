// SPDX-License-Identifier: Apache-2.0
#include <simdjson.h>

#include <algorithm>
#include <map>

#include "decoder.hpp"
#include "line_protocol_line.hpp"
#include "row_builder.hpp"

namespace weir::rows {
namespace {

ColumnInfo info_of(std::string_view name, Type type, Role role) {
  return {.name = std::string(name), .type = type, .role = role, .unit = "", .metadata = {}};
}

Type type_of(Look look) {
  switch (look) {
    case Look::integer:
      return Type::int64;
    case Look::boolean:
      return Type::boolean;
    case Look::text:
      return Type::utf8;
    default:
      return Type::float64;
  }
}

class LineProtocolDecoder final : public Decoder {
 public:
  explicit LineProtocolDecoder(RowFormat format) : format_(std::move(format)) {
    // The time has no name in this format, so that a field may be called "time".
    format_.time_column.clear();
    format_.tags.clear();
    format_.fields.clear();
    if (format_.time_format == TimeFormat::automatic) format_.time_format = TimeFormat::nanoseconds;
  }

  std::size_t take(std::string_view text, bool last, std::size_t most) override {
    const std::string_view all = text;
    while (!text.empty() && ready_ + rejections_.size() < most) {
      std::size_t size = line_size(text);
      if (size == std::string_view::npos) {
        if (!last) break;
        // An open quote at the end of all: the line where it began is the one to reject.
        size = std::min(text.find('\n'), text.size() - 1) + 1;
      }
      std::string_view line = text.substr(0, size);
      const auto lines = static_cast<std::size_t>(std::count(line.begin(), line.end(), '\n'));
      while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
      if (!line.empty() && line.front() != '#') take_line(line);
      rejections_.advance(lines);
      text.remove_prefix(size);
    }
    return all.size() - text.size();
  }

  std::vector<Batch> build() override {
    std::vector<Batch> batches;
    for (auto& [name, rows] : tables_) {
      if (rows.rows() > 0) batches.push_back(rows.build());
    }
    ready_ = 0;
    constexpr std::size_t many = 1000;
    if (tables_.size() > many) tables_.clear();
    return batches;
  }
  std::size_t ready() const override { return ready_; }

 private:
  void take_line(std::string_view text) {
    if (!simdjson::validate_utf8(text.data(), text.size()))
      return rejections_.add(text, "this is no UTF-8");
    if (const char* fault = parse_line(text, line_)) return rejections_.add(text, fault);
    if (line_.time.empty()) return rejections_.add(text, "the line has no time");
    RowBuilder& rows = table(line_.measurement);
    std::size_t hint = 0;
    bool good = rows.put(0, {.look = Look::integer, .text = line_.time});
    for (const auto& [name, value] : line_.tags) {
      good = good && put(rows, name, {.look = Look::text, .text = value}, Role::tag, ++hint);
    }
    for (const auto& [name, cell] : line_.fields)
      good = good && put(rows, name, cell, Role::field, ++hint);
    if (good && rows.end_row()) {
      ++ready_;
      return;
    }
    rows.drop_row();
    rejections_.add(text, reason_.empty() ? rows.reason() : std::exchange(reason_, {}));
  }

  bool put(RowBuilder& rows, std::string_view name, const Cell& cell, Role role, std::size_t hint) {
    std::size_t column = rows.find(name, hint);
    if (column == RowBuilder::unknown) {
      const Type type = role == Role::tag ? Type::utf8 : type_of(cell.look);
      column = rows.add(info_of(name, type, role));
      if (column == RowBuilder::unknown) return false;
    }
    if (rows.column(column).info().role != role) {
      reason_ = "'" + std::string(name) +
                "' is a tag here and a field there; give one of them another name";
      return false;
    }
    return rows.put(column, cell);
  }

  RowBuilder& table(std::string_view measurement) {
    auto at = tables_.find(measurement);
    if (at == tables_.end()) {
      RowFormat format = format_;
      format.measurement = measurement;
      at = tables_.emplace(std::string(measurement), RowBuilder(std::move(format))).first;
      at->second.learn();
    }
    return at->second;
  }

  RowFormat format_;
  LineProtocolLine line_;
  std::map<std::string, RowBuilder, std::less<>> tables_;
  std::size_t ready_ = 0;
  std::string reason_;
};

}  // namespace

std::unique_ptr<Decoder> make_line_protocol_decoder(RowFormat format) {
  return std::make_unique<LineProtocolDecoder>(std::move(format));
}

}  // namespace weir::rows
