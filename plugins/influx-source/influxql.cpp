// SPDX-License-Identifier: Apache-2.0
#include "influxql.hpp"

namespace weir::influx_source::influxql {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\0') {
      throw Fatal("InfluxQL cannot say a name or text that holds a NUL byte: '" +
                  std::string(text.data()) + "…'");
    }
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == quote || c == '\\') out += '\\';
    out += c;
  }
  return out + quote;
}

std::string source(const Wish& wish, std::string_view measurement) {
  if (wish.retention_policy.empty()) return identifier(measurement);
  return identifier(wish.store) + "." + identifier(wish.retention_policy) + "." +
         identifier(measurement);
}

Type type_of(const std::string& type) {
  if (type == "integer" || type == "unsigned") return Type::int64;
  if (type == "boolean") return Type::boolean;
  return type == "string" ? Type::utf8 : Type::float64;
}

}  // namespace

std::string identifier(std::string_view name) { return quoted(name, '"'); }
std::string literal(std::string_view text) { return quoted(text, '\''); }

std::vector<ColumnInfo> columns(const Schema& schema) {
  std::vector<ColumnInfo> infos{
      {.name = "time", .type = Type::timestamp, .role = Role::time, .unit = "ns"}};
  for (const std::string& tag : schema.tags)
    infos.push_back({.name = tag, .type = Type::utf8, .role = Role::tag});
  for (const Field& field : schema.fields)
    infos.push_back({.name = field.name, .type = type_of(field.type)});
  return infos;
}

std::string show_field_keys(const Wish& wish, std::string_view measurement) {
  return "SHOW FIELD KEYS FROM " + source(wish, measurement);
}

std::string show_tag_keys(const Wish& wish, std::string_view measurement) {
  return "SHOW TAG KEYS FROM " + source(wish, measurement);
}

std::string select(const Wish& wish, const Schema& schema, std::optional<std::int64_t> from,
                   std::size_t limit) {
  // The casts tell a tag from a field of the same name, and make one type of several.
  std::string what;
  for (const std::string& tag : schema.tags) what += identifier(tag) + "::tag, ";
  for (const Field& field : schema.fields)
    what += identifier(field.name) + "::" + field.type + ", ";
  what.resize(what.size() - 2);
  std::string where;
  if (from) where = " WHERE time >= " + std::to_string(*from);
  for (const auto& [tag, value] : wish.tags) {
    if (is_pattern(value)) continue;
    where += (where.empty() ? " WHERE " : " AND ") + identifier(tag) + " = " + literal(value);
  }
  return "SELECT " + what + " FROM " + source(wish, schema.measurement) + where +
         " ORDER BY time ASC LIMIT " + std::to_string(limit);
}

}  // namespace weir::influx_source::influxql
