// SPDX-License-Identifier: Apache-2.0
// JSON lines: an object a line. Lines that look like the one before go through JsonLayout, all
// others through simdjson, which is also what the layout is learned from.
#include <simdjson.h>

#include <cstring>
#include <optional>

#include "decoder.hpp"
#include "json_layout.hpp"
#include "number_text.hpp"
#include "row_builder.hpp"

namespace weir::rows {
namespace {

namespace ondemand = simdjson::ondemand;
static_assert(Decoder::padding >= simdjson::SIMDJSON_PADDING);

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// A value and the bytes that it takes in the line.
struct Value {
  Cell cell;
  std::string_view token;  ///< empty for objects and arrays
};

Cell number_cell(ondemand::value& value, std::string_view token) {
  Cell cell{.look = Look::number, .text = token};
  ondemand::number number;
  if (value.get_number().get(number) != simdjson::SUCCESS) {
    const auto parsed = parse_double(token);  // an integer of more than 64 bits
    if (!parsed || token.find_first_not_of("-0123456789") != std::string_view::npos) {
      throw simdjson::simdjson_error(simdjson::NUMBER_ERROR);
    }
    cell.number = *parsed;
    return cell;
  }
  if (number.is_int64()) {
    cell.look = Look::integer;
    cell.integer = number.get_int64();
  }
  cell.number = number.as_double();
  return cell;
}

Value read_value(ondemand::value value) {
  Value read;
  const std::string_view token = trimmed(value.raw_json_token());
  switch (value.type().value()) {
    case ondemand::json_type::number:
      read.cell = number_cell(value, token);
      read.token = token;
      break;
    case ondemand::json_type::string:
      read.cell = {.look = Look::text, .text = value.get_string().value()};
      read.token = token;
      break;
    case ondemand::json_type::boolean:
      read.cell = {.look = Look::boolean, .text = token, .boolean = value.get_bool().value()};
      read.token = token;
      break;
    case ondemand::json_type::null:
      if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
      read.token = token;
      break;
    case ondemand::json_type::object:
      read.cell = {.look = Look::text,
                   .text = trimmed(value.get_object().value().raw_json().value())};
      break;
    case ondemand::json_type::array:
      read.cell = {.look = Look::text,
                   .text = trimmed(value.get_array().value().raw_json().value())};
      break;
  }
  return read;
}

class JsonLinesDecoder final : public Decoder {
 public:
  explicit JsonLinesDecoder(RowFormat format) : builder_(std::move(format)) {}

  std::size_t take(std::string_view text, bool last, std::size_t most) override {
    const std::size_t newline = text.rfind('\n');
    fast_end_ = text.data() + (newline == std::string_view::npos ? 0 : newline + 1);
    end_ = last ? text.data() + text.size() : fast_end_;
    if (end_ == text.data()) return 0;
    if (!builder_.learned()) learn(text.data());
    // The fast path looks at no byte twice, so it needs to know beforehand that all are UTF-8.
    const auto whole = static_cast<std::size_t>(end_ - text.data());
    const bool clean = simdjson::validate_utf8(text.data(), whole);
    const char* at = text.data();
    while (at < end_ && builder_.rows() + rejections_.size() < most) {
      const char* next =
          clean && at < fast_end_ && !layout_.empty() ? layout_.read(at, builder_) : nullptr;
      if (next != nullptr) {
        rejections_.advance();
        misses_ = 0;
        at = next;
      } else {
        at = take_line(at);
      }
    }
    return static_cast<std::size_t>(at - text.data());
  }

  std::vector<Batch> build() override { return {builder_.build()}; }
  std::size_t ready() const override { return builder_.rows(); }

 private:
  /// The line at `at` without its end; `next` is where the next begins.
  std::string_view line_at(const char* at, const char*& next) const {
    const auto left = static_cast<std::size_t>(end_ - at);
    const auto* newline = static_cast<const char*>(std::memchr(at, '\n', left));
    next = newline == nullptr ? end_ : newline + 1;
    return trimmed({at, static_cast<std::size_t>(next - at)});
  }

  /// Calls visit(key, value) for each; throws simdjson_error.
  template <class Visit>
  void for_each(std::string_view line, Visit&& visit) {
    ondemand::document document =
        parser_.iterate(line.data(), line.size(), line.size() + padding).value();
    ondemand::object object = document.get_object().value();
    for (auto field : object) {
      const std::string_view key = field.unescaped_key().value();
      visit(key, read_value(field.value().value()));
    }
    if (document.current_location().error() == simdjson::SUCCESS) {
      throw simdjson::simdjson_error(simdjson::TRAILING_CONTENT);
    }
  }

  void learn(const char* at) {
    const char* next = at;
    for (std::size_t row = 0; at < end_ && row < builder_.format().learn_rows; ++row, at = next) {
      const std::string_view line = line_at(at, next);
      if (line.empty()) continue;
      try {
        for_each(line, [&](std::string_view key, const Value& value) {
          builder_.observe(key, value.cell.look);
        });
      } catch (const simdjson::simdjson_error&) {
        continue;  // it is rejected when its turn comes
      }
    }
    builder_.learn();
  }

  const char* take_line(const char* at) {
    const char* next = at;
    const std::string_view line = line_at(at, next);
    if (!line.empty() && !take_row(line, {at, static_cast<std::size_t>(next - at)})) {
      builder_.drop_row();
      rejections_.add(line, std::move(reason_));
    }
    rejections_.advance();
    return next;
  }

  bool take_row(std::string_view line, std::string_view with_end) {
    // A new layout costs more than a line is worth: only when the old one keeps missing.
    const bool learning = layout_.empty() || ++misses_ >= 8;
    if (learning) layout_.reset();
    learnable_ = learning;
    before_ = line.data();
    hint_ = 0;
    reason_.clear();
    try {
      for_each(line, [&](std::string_view key, const Value& value) {
        if (reason_.empty()) put(key, value);
      });
    } catch (const simdjson::simdjson_error& error) {
      reason_ = std::string("this is no JSON object: ") + error.what();
    }
    if (reason_.empty() && !builder_.end_row()) reason_ = builder_.reason();
    if (learning) {
      const char* line_end = with_end.data() + with_end.size();
      misses_ = 0;
      if (!reason_.empty() || !learnable_ || with_end.back() != '\n' ||
          !layout_.finish({before_, static_cast<std::size_t>(line_end - before_)}, builder_)) {
        layout_.reset();
      }
    }
    return reason_.empty();
  }

  void put(std::string_view key, const Value& value) {
    std::size_t column = builder_.find(key, ++hint_);
    if (column == RowBuilder::unknown && value.cell.look != Look::nothing) {
      column = builder_.add(key, value.cell.look);
      learnable_ = false;  // the layout was made for fewer columns
      layout_.reset();
    }
    if (column < RowBuilder::unknown) hint_ = column;
    const bool wanted = column < RowBuilder::unknown;
    if ((wanted && !builder_.put(column, value.cell)) ||
        (column == RowBuilder::unknown && value.cell.look != Look::nothing)) {
      reason_ = builder_.reason();
      return;
    }
    // A null under a new name is no reason to overlook the name for ever.
    learnable_ = learnable_ && column != RowBuilder::unknown && extend_layout(column, value);
  }

  bool extend_layout(std::size_t column, const Value& value) {
    if (value.token.empty()) return false;
    const std::string_view before(before_, static_cast<std::size_t>(value.token.data() - before_));
    before_ = value.token.data() + value.token.size();
    const bool quoted = value.token.front() == '"';
    auto kind = JsonLayout::Kind::skipped;
    if (column == 0) {
      kind = quoted ? JsonLayout::Kind::time_text : JsonLayout::Kind::time_number;
    } else if (column != RowBuilder::ignored) {
      switch (builder_.column(column).info().type) {
        case Type::float64:
          kind = JsonLayout::Kind::float64;
          break;
        case Type::boolean:
          kind = JsonLayout::Kind::boolean;
          break;
        case Type::utf8:
          kind = quoted ? JsonLayout::Kind::text : JsonLayout::Kind::number_text;
          break;
        default:
          kind = JsonLayout::Kind::int64;
          break;
      }
    }
    return layout_.add(before, column, kind);
  }

  RowBuilder builder_;
  ondemand::parser parser_;
  JsonLayout layout_;
  std::size_t misses_ = 0;
  const char* end_ = nullptr;
  const char* fast_end_ = nullptr;
  // Of the line at hand:
  bool learnable_ = false;
  const char* before_ = nullptr;
  std::size_t hint_ = 0;
  std::string reason_;
};

}  // namespace

std::unique_ptr<Decoder> make_json_lines_decoder(RowFormat format) {
  return std::make_unique<JsonLinesDecoder>(std::move(format));
}

}  // namespace weir::rows
