// SPDX-License-Identifier: Apache-2.0
// bind_value: one text of the file as one typed value.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "core/config/text.hpp"
#include "core/graph/bind_options.hpp"
#include "core/plugin/catalog.hpp"
#include "weir/units.hpp"

namespace weir::core {
namespace {

using config::Node;
using config::Problems;

std::string quoted_name(const OptionDescription& option) { return "'" + option.name + "'"; }

/// The value for a message: as it stands in the file, never what a variable or a secret holds.
std::string shown(const Node& value, const OptionDescription& option) {
  if (option.type == OptionType::secret || option.type == OptionType::url) return {};
  std::string text = value.shown();
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text.empty() ? ", not an empty text" : ", not '" + text + "'";
}

void wrong_type(const Node& value, const OptionDescription& option, const std::string& needed,
                const std::string& hint, Problems& problems) {
  if (!value.is_scalar()) {
    problems.error(
        value.place,
        quoted_name(option) + " needs " + needed + ", not " + config::kind_name(value.kind), hint);
  } else {
    problems.error(value.place, quoted_name(option) + " needs " + needed + shown(value, option),
                   hint);
  }
}

/// Of numbers, durations and sizes: the value; of texts and lists: their length.
bool in_range(double amount, const OptionDescription& option) {
  return !(option.minimum && amount < *option.minimum) &&
         !(option.maximum && amount > *option.maximum);
}

bool check_range(double amount, const Node& value, const OptionDescription& option,
                 Problems& problems) {
  if (in_range(amount, option)) return true;
  std::string message = quoted_name(option) + " must be " + range_text(option);
  if (value.is_scalar()) message += shown(value, option);
  problems.error(value.place, std::move(message),
                 option.unit.empty() ? "" : "it is in " + option.unit);
  return false;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<OptionValue> bind_boolean(const Node& value, const OptionDescription& option,
                                        Problems& problems) {
  const std::string& text = value.text;
  for (const char* yes : {"true", "yes", "on", "True", "TRUE"}) {
    if (text == yes) return OptionValue{true};
  }
  for (const char* no : {"false", "no", "off", "False", "FALSE"}) {
    if (text == no) return OptionValue{false};
  }
  wrong_type(value, option, "true or false", "", problems);
  return std::nullopt;
}

std::optional<OptionValue> bind_integer(const Node& value, const OptionDescription& option,
                                        Problems& problems) {
  const auto number = parse_number<std::int64_t>(value.text);
  if (!number) {
    wrong_type(value, option, "a whole number", "such as 10", problems);
    return std::nullopt;
  }
  if (!check_range(static_cast<double>(*number), value, option, problems)) return std::nullopt;
  return OptionValue{*number};
}

std::optional<OptionValue> bind_double(const Node& value, const OptionDescription& option,
                                       Problems& problems) {
  const auto number = parse_number<double>(value.text);
  if (!number || !std::isfinite(*number)) {
    wrong_type(value, option, "a number", "such as 0.5", problems);
    return std::nullopt;
  }
  if (!check_range(*number, value, option, problems)) return std::nullopt;
  return OptionValue{*number};
}

/// A quantity that ends up as an integer: nanoseconds or bytes.
std::optional<OptionValue> bind_quantity(const Node& value, const OptionDescription& option,
                                         std::optional<std::int64_t> amount, const char* needed,
                                         const char* hint, Problems& problems) {
  if (!amount) {
    wrong_type(value, option, needed, hint, problems);
    return std::nullopt;
  }
  if (!check_range(static_cast<double>(*amount), value, option, problems)) return std::nullopt;
  return OptionValue{*amount};
}

bool is_url(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0 || colon + 3 >= text.size()) return false;
  const auto letter = [](unsigned char c) { return (c | 0x20U) >= 'a' && (c | 0x20U) <= 'z'; };
  const std::string_view scheme = text.substr(0, colon);
  const bool good_scheme =
      letter(static_cast<unsigned char>(scheme.front())) &&
      std::all_of(scheme.begin(), scheme.end(), [&](unsigned char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      });
  const bool printable =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c != 0x7F; });
  const char host = text[colon + 3];
  return good_scheme && printable && host != '/' && host != '?' && host != '#' && host != ':';
}

std::optional<OptionValue> bind_text(const Node& value, const OptionDescription& option,
                                     Problems& problems) {
  if (option.type == OptionType::url && !is_url(value.text)) {
    problems.error(value.place, quoted_name(option) + " needs an absolute URL",
                   "such as http://127.0.0.1:8086");
    return std::nullopt;
  }
  if (!option.choices.empty() &&
      std::find(option.choices.begin(), option.choices.end(), value.text) == option.choices.end()) {
    std::string hint = config::did_you_mean(value.text, option.choices);
    problems.error(value.place,
                   quoted_name(option) + " must be " + type_text(option) + shown(value, option),
                   std::move(hint));
    return std::nullopt;
  }
  const auto length = static_cast<double>(config::count_characters(value.text));
  if (!check_range(length, value, option, problems)) return std::nullopt;
  return OptionValue{value.text};
}

/// Items and entries speak under the name of their option: 'targets'.
OptionDescription item_of(const OptionDescription& option) {
  OptionDescription item = option.items.empty() ? OptionDescription{} : option.items.front();
  item.name = option.name;
  return item;
}

std::optional<OptionValue> bind_list(const Node& value, const OptionDescription& option,
                                     Problems& problems) {
  if (value.is_map()) {
    wrong_type(value, option, "a list", "such as [a, b]", problems);
    return std::nullopt;
  }
  const OptionDescription item = item_of(option);
  const std::size_t before = problems.all().size();
  const std::vector<Node> items =
      value.is_list() ? value.items : config::split_list(value, problems);
  bool good = problems.all().size() == before;
  OptionValue::List list;
  for (const Node& entry : items) {
    auto bound = bind_value(entry, item, problems);
    good = good && bound.has_value();
    if (bound) list.push_back(std::move(*bound));
  }
  if (!good || !check_range(static_cast<double>(list.size()), value, option, problems))
    return std::nullopt;
  return OptionValue{std::move(list)};
}

std::optional<OptionValue> bind_map(const Node& value, const OptionDescription& option,
                                    Problems& problems) {
  if (!value.is_map()) {
    wrong_type(value, option, "a map", "such as {key: value}", problems);
    return std::nullopt;
  }
  OptionDescription item = item_of(option);
  OptionValue::Map map;
  bool good = true;
  for (const config::Entry& entry : value.entries) {
    item.name = option.name + "." + entry.key;
    auto bound = bind_value(entry.value, item, problems);
    good = good && bound.has_value();
    if (bound) map.push_back({entry.key, std::move(*bound)});
  }
  if (!good || !check_range(static_cast<double>(map.size()), value, option, problems))
    return std::nullopt;
  return OptionValue{std::move(map)};
}

std::optional<OptionValue> bind_object(const Node& value, const OptionDescription& option,
                                       Problems& problems) {
  if (!value.is_map()) {
    wrong_type(value, option, "a map", "such as {key: value}", problems);
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const OptionDescription& member : option.members) names.push_back(member.name);
  OptionValue::Map map;
  bool good = true;
  for (const config::Entry& entry : value.entries) {
    const auto at = std::find(names.begin(), names.end(), entry.key);
    if (at == names.end()) {
      problems.error(entry.key_place, quoted_name(option) + " has no option '" + entry.key + "'",
                     config::did_you_mean(entry.key, names));
      good = false;
      continue;
    }
    if (entry.value.is_null()) continue;
    OptionDescription member = option.members[static_cast<std::size_t>(at - names.begin())];
    member.name = option.name + "." + member.name;
    auto bound = bind_value(entry.value, member, problems);
    good = good && bound.has_value();
    if (bound) map.push_back({entry.key, std::move(*bound)});
  }
  for (const OptionDescription& member : option.members) {
    const config::Entry* given = value.find(member.name);
    if (!member.required || (given != nullptr && !given->value.is_null())) continue;
    problems.error(value.place, quoted_name(option) + " needs '" + member.name + "'", member.doc);
    good = false;
  }
  if (!good) return std::nullopt;
  return OptionValue{std::move(map)};
}

std::string words_for(const OptionDescription& option) {
  switch (option.type) {
    case OptionType::boolean:
      return "true or false";
    case OptionType::integer:
      return "a whole number";
    case OptionType::number:
      return "a number";
    case OptionType::duration:
      return "a duration";
    case OptionType::bytes:
      return "a size";
    case OptionType::timestamp:
      return "a time";
    case OptionType::url:
      return "a URL";
    default:
      return "a text";
  }
}

}  // namespace

std::optional<OptionValue> bind_value(const Node& value, const OptionDescription& option,
                                      Problems& problems) {
  if (value.reported) return std::nullopt;
  if (option.type == OptionType::list) return bind_list(value, option, problems);
  if (option.type == OptionType::map) return bind_map(value, option, problems);
  if (option.type == OptionType::object) return bind_object(value, option, problems);
  // What stands in the file itself is a secret as much as what a variable brings.
  if (option.type == OptionType::secret && value.original.empty()) problems.hide(value.place);
  if (!value.is_scalar()) {
    wrong_type(value, option, words_for(option), "", problems);
    return std::nullopt;
  }
  const std::string& text = value.text;
  switch (option.type) {
    case OptionType::boolean:
      return bind_boolean(value, option, problems);
    case OptionType::integer:
      return bind_integer(value, option, problems);
    case OptionType::number:
      return bind_double(value, option, problems);
    case OptionType::duration: {
      const auto amount = parse_duration(text);
      return bind_quantity(value, option, amount ? std::optional(amount->count()) : std::nullopt,
                           "a duration", "a number and its unit, such as 250ms, 10s, 5m", problems);
    }
    case OptionType::bytes: {
      const auto amount = parse_bytes(text);
      return bind_quantity(value, option, amount ? std::optional(amount->count) : std::nullopt,
                           "a size", "such as 64MiB", problems);
    }
    case OptionType::timestamp: {
      const auto time = parse_timestamp(text);
      return bind_quantity(value, option,
                           time ? std::optional(time->time_since_epoch().count()) : std::nullopt,
                           "a time", "such as 2026-11-22T10:00:00Z", problems);
    }
    default:
      return bind_text(value, option, problems);
  }
}

}  // namespace weir::core
