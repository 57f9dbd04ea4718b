// SPDX-License-Identifier: Apache-2.0
#include "line_protocol_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <weir/error.hpp>

#include "number_text.hpp"

namespace weir::rows {
namespace {

constexpr std::string_view in_measurement = ", ";
constexpr std::string_view in_key = ",= ";

char* copy(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

bool is_special(char c) {
  return c == ',' || c == '=' || c == ' ' || c == '\\' || c == '\n' || c == '\r' || c == '"';
}

/// Writes at most twice the text. nullptr: a backslash stands where it would escape what follows,
/// and the format has no way to write a backslash there.
char* write_escaped(char* to, std::string_view text, std::string_view specials) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || c == '\r') {
      *to++ = '\\';
      *to++ = c == '\n' ? 'n' : 'r';
      continue;
    }
    if (c == '\\' &&
        (i + 1 == text.size() || specials.find(text[i + 1]) != std::string_view::npos)) {
      return nullptr;
    }
    if (specials.find(c) != std::string_view::npos) *to++ = '\\';
    *to++ = c;
  }
  return to;
}

char* write_string(char* to, std::string_view text, bool plain) {
  *to++ = '"';
  if (plain) {
    to = copy(to, text);
  } else {
    for (const char c : text) {
      if (c == '"' || c == '\\') *to++ = '\\';
      *to++ = c;
    }
  }
  *to++ = '"';
  return to;
}

std::string escaped(std::string_view text, std::string_view specials, const char* what) {
  std::string out(2 * text.size(), '\0');
  const char* end = write_escaped(out.data(), text, specials);
  if (text.empty() || end == nullptr) {
    throw Rejected(
        "line protocol cannot hold the " + std::string(what) + " '" + std::string(text) +
        "': it is empty or a backslash precedes a comma, blank, '=' or its end; rename it");
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

bool has_special(const Column& column) {
  if (column.size() == 0) return false;
  const Column::Buffers& buffers = column.buffers();
  const std::int32_t* offsets = buffers.offsets + buffers.first;
  const auto* bytes = static_cast<const char*>(buffers.values);
  const std::string_view all(
      bytes == nullptr ? "" : bytes + offsets[0],
      bytes == nullptr ? 0 : static_cast<std::size_t>(offsets[column.size()] - offsets[0]));
  // Counting without a way out lets the compiler look at many bytes at once.
  std::size_t specials = 0;
  for (const char c : all) specials += is_special(c) ? 1U : 0U;
  return specials != 0;
}

}  // namespace

Batch unusable_rows(const Batch& batch, const LeftOut& left_out) {
  std::vector<std::size_t> indices;
  ColumnBuilder reasons(
      {.name = "reason", .type = Type::utf8, .role = Role::field, .unit = "", .metadata = {}});
  for (const UnusableRow& unusable : left_out.unusable) {
    indices.push_back(unusable.row);
    reasons.append(unusable.reason);
  }
  return batch.take(indices).with(reasons.build());
}

void LineProtocolEncoder::Prefix::assign(std::string value) {
  text = std::move(value);
  head.fill('\0');
  if (text.size() <= head.size()) std::copy(text.begin(), text.end(), head.begin());
}

char* LineProtocolEncoder::Prefix::write(char* to) const {
  if (text.size() <= head.size()) {
    std::memcpy(to, head.data(), head.size());
  } else {
    std::memcpy(to, text.data(), text.size());
  }
  return to + text.size();
}

void LineProtocolEncoder::add_plan(const Column& column, std::vector<Plan>& plans,
                                   std::size_t& used) {
  if (used == plans.size()) plans.emplace_back();
  Plan& plan = plans[used++];
  const char* what = column.role() == Role::tag ? "tag name" : "field name";
  plan.prefix.assign("," + escaped(column.name(), in_key, what) + "=");
  plan.column = column;
  plan.nulls = column.null_count() != 0;
  plan.scaled = column.numeric() && (column.info().scale != 1 || column.info().offset != 0);
  plan.doubles = {};
  plan.integers = {};
  if (column.type() == Type::float64) plan.doubles = column.doubles();
  if (column.type() == Type::int64 || column.type() == Type::timestamp)
    plan.integers = column.integers();
  plan.plain = column.type() != Type::utf8 || !has_special(column);
  fixed_size_ += plan.prefix.text.size() + plan.prefix.head.size() + most_number_text + 2;
}

void LineProtocolEncoder::prepare(const Batch& batch) {
  if (batch.measurement().starts_with('#')) {
    throw Rejected("line protocol takes the measurement '" + batch.measurement() +
                   "' for a comment; rename it");
  }
  measurement_.assign(escaped(batch.measurement(), in_measurement, "measurement"));
  tag_count_ = 0;
  field_count_ = 0;
  fixed_size_ = measurement_.text.size() + measurement_.head.size() + 2 * most_number_text;
  for (const Column& column : batch.columns()) {
    if (column.role() == Role::tag) add_plan(column, tags_, tag_count_);
    if (column.role() == Role::field) add_plan(column, fields_, field_count_);
  }
  // Servers are fastest with sorted tags.
  std::sort(tags_.begin(), tags_.begin() + static_cast<std::ptrdiff_t>(tag_count_),
            [](const Plan& a, const Plan& b) { return a.column.name() < b.column.name(); });
}

std::size_t LineProtocolEncoder::text_size(std::size_t row) const {
  std::size_t size = fixed_size_;
  const auto add = [&](const std::vector<Plan>& plans, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (plans[i].column.type() != Type::utf8) continue;
      const std::int32_t* at =
          plans[i].column.buffers().offsets + plans[i].column.buffers().first + row;
      size += 2 * static_cast<std::size_t>(at[1] - at[0]);
    }
  };
  add(tags_, tag_count_);
  add(fields_, field_count_);
  return size;
}

char* LineProtocolEncoder::write_tags(char* to, std::size_t row, const char*& fault) const {
  for (std::size_t i = 0; i < tag_count_; ++i) {
    const Plan& plan = tags_[i];
    const std::string_view value = plan.column.text(row);
    if (value.empty()) continue;
    to = plan.prefix.write(to);
    if (plan.plain) {
      to = copy(to, value);
    } else {
      char* end = write_escaped(to, value, in_key);
      if (end == nullptr) fault = plan.column.name().c_str();
      to = end == nullptr ? to : end;
    }
  }
  return to;
}

char* LineProtocolEncoder::write_fields(char* to, std::size_t row) const {
  for (std::size_t i = 0; i < field_count_; ++i) {
    const Plan& plan = fields_[i];
    if (plan.nulls && !plan.column.valid(row)) continue;
    char* value = plan.prefix.write(to);
    if (plan.scaled) {
      const double physical = plan.column.physical(row);
      if (!std::isfinite(physical)) continue;
      to = write_double(value, physical);
      continue;
    }
    switch (plan.column.type()) {
      case Type::float64:
        if (!std::isfinite(plan.doubles[row])) continue;
        to = write_double(value, plan.doubles[row]);
        break;
      case Type::utf8:
        to = write_string(value, plan.column.text(row), plan.plain);
        break;
      case Type::boolean:
        to = copy(value, plan.column.boolean(row) ? "true" : "false");
        break;
      default:
        to = write_integer(value, plan.integers[row]);
        *to++ = 'i';
        break;
    }
  }
  return to;
}

LeftOut LineProtocolEncoder::encode(const Batch& batch, TextBuffer& text,
                                    std::vector<std::size_t>& ends) {
  LeftOut left_out;
  if (batch.empty()) return left_out;
  prepare(batch);
  const std::span<const std::int64_t> times = batch.times();
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const char* fault = nullptr;
    char* to = measurement_.write(text.room(text_size(row)));
    char* fields = write_tags(to, row, fault);
    if (fault != nullptr) {
      left_out.unusable.push_back(
          {row, "line protocol cannot hold the tag " + std::string(fault) +
                    ": a backslash precedes a comma, blank, '=' or its end"});
      continue;
    }
    to = write_fields(fields, row);
    if (to == fields) {
      ++left_out.without_field;
      continue;
    }
    *fields = ' ';  // in place of the first field's comma
    *to++ = ' ';
    to = write_integer(to, times[row]);
    *to++ = '\n';
    text.end_at(to);
    ends.push_back(text.size());
  }
  // The buffers of the batch need not live until the next one.
  for (std::size_t i = 0; i < tag_count_; ++i) tags_[i].column = Column();
  for (std::size_t i = 0; i < field_count_; ++i) fields_[i].column = Column();
  return left_out;
}

}  // namespace weir::rows
