// SPDX-License-Identifier: Apache-2.0
#include "flux.hpp"

#include <weir/json_text.hpp>
#include <weir/units.hpp>

namespace weir::influx_source::flux {
namespace {

/// Later than any measured or forecast value.
constexpr std::string_view far_future = "2200-01-01T00:00:00Z";

std::string time_literal(std::int64_t nanoseconds) {
  return to_text(Timestamp{Duration{nanoseconds}});
}

std::string start_of(const Wish& wish) { return time_literal(wish.since.value_or(0)); }

std::string from_bucket(const Wish& wish) { return "from(bucket: " + literal(wish.store) + ")"; }

std::string filter(const Wish& wish, const Part& part) {
  std::string text = " |> filter(fn: (r) => r._measurement == " + literal(part.measurement);
  for (const auto& [tag, value] : wish.tags) {
    if (!is_pattern(value)) text += " and r[" + literal(tag) + "] == " + literal(value);
  }
  if (part.fields.empty()) return text + ")";
  std::string fields;
  for (const std::string& field : part.fields)
    fields += (fields.empty() ? "r._field == " : " or r._field == ") + literal(field);
  return text + " and (" + fields + "))";
}

}  // namespace

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      out += "\\x";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
      continue;
    }
    if (c == '"' || c == '\\' || (c == '$' && i + 1 < text.size() && text[i + 1] == '{'))
      out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string request(std::string_view query) {
  JsonText json;
  json.begin_object();
  json.key("query").value(query);
  json.key("type").value(std::string_view("flux"));
  json.key("dialect").begin_object();
  json.key("annotations").begin_array();
  for (const std::string_view annotation : {"datatype", "group", "default"}) json.value(annotation);
  json.end_array();
  json.key("header").value(true);
  json.end_object();
  json.end_object();
  return json.take();
}

std::string list_measurements(const Wish& wish) {
  return "import \"influxdata/influxdb/schema\"\nschema.tagValues(bucket: " + literal(wish.store) +
         ", tag: \"_measurement\", predicate: (r) => true, start: " + start_of(wish) + ")";
}

std::string list_fields(const Wish& wish, std::string_view measurement) {
  return "import \"influxdata/influxdb/schema\"\nschema.tagValues(bucket: " + literal(wish.store) +
         ", tag: \"_field\", predicate: (r) => r._measurement == " + literal(measurement) +
         ", start: " + start_of(wish) + ")";
}

std::string bounds(const Wish& wish, const Part& part) {
  const std::string keep = " |> keep(columns: [\"_time\"]) |> yield(name: ";
  return "data = " + from_bucket(wish) + " |> range(start: " + start_of(wish) +
         ", stop: " + std::string(far_future) + ")" + filter(wish, part) + "\ndata |> first()" +
         keep + "\"first\")\ndata |> last()" + keep + "\"last\")";
}

std::string window(const Wish& wish, const Part& part, std::int64_t from, std::int64_t to) {
  return from_bucket(wish) + " |> range(start: " + time_literal(from) +
         ", stop: " + time_literal(to) + ")" + filter(wish, part);
}

}  // namespace weir::influx_source::flux
