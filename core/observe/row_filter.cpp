// SPDX-License-Identifier: Apache-2.0
#include "core/observe/row_filter.hpp"

#include <algorithm>
#include <charconv>

#include "weir/units.hpp"

namespace weir::core::observe {
namespace {

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

RowFilter::RowFilter(const std::vector<std::string>& conditions) {
  for (const std::string& condition : conditions) conditions_.push_back(parse(condition));
}

RowFilter::Condition RowFilter::parse(std::string_view text) {
  const std::size_t at = text.find_first_of("=<>!");
  Condition condition;
  std::size_t length = 1;
  if (at != std::string_view::npos && at > 0) {
    const bool with_equal = at + 1 < text.size() && text[at + 1] == '=';
    switch (text[at]) {
      case '>':
        condition.comparison = with_equal ? Comparison::at_least : Comparison::greater;
        break;
      case '<':
        condition.comparison = with_equal ? Comparison::at_most : Comparison::less;
        break;
      case '!':
        condition.comparison = Comparison::unequal;
        break;
      default:
        condition.comparison = Comparison::equal;
    }
    length = with_equal ? 2 : 1;
    if (text[at] != '!' || with_equal) {
      condition.column = text.substr(0, at);
      condition.text = text.substr(at + length);
      condition.number = number_of(condition.text);
      return condition;
    }
  }
  throw Error("'" + std::string(text) +
              "' is no condition; write column=value, column!=value or column>number");
}

bool RowFilter::holds(const Batch& batch, std::size_t row) const {
  return std::all_of(conditions_.begin(), conditions_.end(),
                     [&](const Condition& condition) { return holds(condition, batch, row); });
}

template <class Value>
bool RowFilter::compare(Comparison comparison, const Value& left, const Value& right) {
  switch (comparison) {
    case Comparison::equal:
      return left == right;
    case Comparison::unequal:
      return left != right;
    case Comparison::greater:
      return left > right;
    case Comparison::at_least:
      return left >= right;
    case Comparison::less:
      return left < right;
    case Comparison::at_most:
      return left <= right;
  }
  return false;
}

bool RowFilter::holds(const Condition& condition, const Batch& batch, std::size_t row) {
  const std::string_view wanted = condition.text;
  const auto as_text = [&](std::string_view text) {
    return compare(condition.comparison, text, wanted);
  };
  if (condition.column == "weir.measurement") return as_text(batch.measurement());
  const Column* column = batch.find(condition.column);
  if (column == nullptr || column->is_null(row)) return false;
  switch (column->type()) {
    case Type::utf8:
      return as_text(column->text(row));
    case Type::boolean:
      return as_text(column->boolean(row) ? "true" : "false");
    case Type::timestamp: {
      const auto time = parse_timestamp(wanted);
      return time && compare(condition.comparison, column->integers()[row],
                             std::int64_t{time->time_since_epoch().count()});
    }
    case Type::float64:
    case Type::int64:
      return condition.number &&
             compare(condition.comparison, column->number(row), *condition.number);
  }
  return false;
}

}  // namespace weir::core::observe
