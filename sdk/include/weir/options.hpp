// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Options, declared once: the default is the member's initialiser, all else stands beside it.
///
///   struct Options {
///     std::string column;
///     double factor = 1;
///     static constexpr auto fields = std::tuple{
///         field(&Options::column, "column", "Column to multiply").required(),
///         field(&Options::factor, "factor", "Multiplier").range(1e-9, 1e9)};
///   } options;
///
/// A member may be bool, an integer, double, std::string, Duration, Bytes, Timestamp, Url, Secret,
/// an enum for which `constexpr auto enum_names(Enum)` returns an array of pairs (name, value), a
/// struct with `fields` of its own, and std::optional, std::vector or std::map<std::string, …> of
/// these.

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "abi.h"
#include "error.hpp"
#include "json_text.hpp"
#include "units.hpp"

namespace weir {

/// An absolute URL; the engine has checked its form (scheme://host…).
struct Url {
  std::string text;
  bool operator==(const Url&) const = default;
};

/// Text that is never shown: only reveal() gives it out.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

  template <class Stream>
  friend Stream& operator<<(Stream& stream, const Secret& secret) {
    stream << (secret.empty() ? "" : "***");
    return stream;
  }

 private:
  std::string value_;
};

/// One option: where its value goes, its name, and what it may be. Made by field().
template <class Owner, class Value>
struct Field {
  Value Owner::*member;
  std::string_view name;
  std::string_view doc;
  bool is_required = false;
  std::optional<double>
      minimum{};  ///< of a number; of the size of a text or list; ns of a duration
  std::optional<double> maximum{};
  std::array<std::string_view, 8> choices{};
  std::string_view unit_name{};
  std::string_view deprecated_for{};

  [[nodiscard]] constexpr Field required() const {
    Field changed = *this;
    changed.is_required = true;
    return changed;
  }
  template <class Limit>
  [[nodiscard]] constexpr Field min(Limit limit) const {
    Field changed = *this;
    changed.minimum = plain(limit);
    return changed;
  }
  template <class Limit>
  [[nodiscard]] constexpr Field max(Limit limit) const {
    Field changed = *this;
    changed.maximum = plain(limit);
    return changed;
  }
  template <class Low, class High>
  [[nodiscard]] constexpr Field range(Low low, High high) const {
    return min(low).max(high);
  }
  /// The only texts allowed, at most 8.
  template <class... Names>
  [[nodiscard]] constexpr Field one_of(Names... names) const {
    static_assert(sizeof...(names) <= 8);
    Field changed = *this;
    changed.choices = {std::string_view(names)...};
    return changed;
  }
  /// For people: "rows", "ms".
  [[nodiscard]] constexpr Field unit(std::string_view name_of_unit) const {
    Field changed = *this;
    changed.unit_name = name_of_unit;
    return changed;
  }
  /// Still taken, with a warning that says what to use.
  [[nodiscard]] constexpr Field deprecated(std::string_view use_instead) const {
    Field changed = *this;
    changed.deprecated_for = use_instead;
    return changed;
  }

 private:
  template <class Limit>
  static constexpr double plain(Limit limit) {
    if constexpr (std::is_arithmetic_v<Limit>) {
      return static_cast<double>(limit);
    } else if constexpr (std::is_same_v<Limit, Bytes>) {
      return static_cast<double>(limit.count);
    } else {
      return static_cast<double>(std::chrono::duration_cast<Duration>(limit).count());
    }
  }
};

template <class Owner, class Value>
[[nodiscard]] constexpr Field<Owner, Value> field(Value Owner::*member, std::string_view name,
                                                  std::string_view doc) {
  return {.member = member, .name = name, .doc = doc};
}

namespace detail {

template <class T>
concept HasFields = requires {
  T::fields;
};
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
  enum_names(value);
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

/// The name of an option type in descriptions.
template <class T>
[[nodiscard]] constexpr std::string_view type_name() {
  if constexpr (is_optional<T>) {
    return type_name<typename T::value_type>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_integral_v<T>) {
    return "integer";
  } else if constexpr (std::is_floating_point_v<T>) {
    return "double";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "string";
  } else if constexpr (std::is_same_v<T, Duration>) {
    return "duration";
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return "bytes";
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return "timestamp";
  } else if constexpr (std::is_same_v<T, Url>) {
    return "url";
  } else if constexpr (std::is_same_v<T, Secret>) {
    return "secret";
  } else if constexpr (NamedEnum<T>) {
    return "enum";
  } else if constexpr (is_list<T>) {
    return "list";
  } else if constexpr (is_map<T>) {
    return "map";
  } else {
    static_assert(HasFields<T>, "no option type; see the top of options.hpp");
    return "object";
  }
}

/// The value as the description shows it; text as a person would write it.
template <class T>
void write_value(JsonText& json, const T& value) {
  if constexpr (is_optional<T>) {
    write_value(json, *value);
  } else if constexpr (std::is_same_v<T, bool> || std::is_arithmetic_v<T>) {
    json.value(value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    json.value(std::string_view(value));
  } else if constexpr (std::is_same_v<T, Duration> || std::is_same_v<T, Bytes> ||
                       std::is_same_v<T, Timestamp>) {
    json.value(std::string_view(to_text(value)));
  } else if constexpr (std::is_same_v<T, Url>) {
    json.value(std::string_view(value.text));
  } else if constexpr (std::is_same_v<T, Secret>) {
    json.value(std::string_view("***"));
  } else if constexpr (NamedEnum<T>) {
    for (const auto& [name, named] : enum_names(value)) {
      if (named == value) json.value(std::string_view(name));
    }
  } else if constexpr (is_list<T>) {
    json.begin_array();
    for (const auto& item : value) write_value<typename T::value_type>(json, item);
    json.end_array();
  } else if constexpr (is_map<T>) {
    json.begin_object();
    for (const auto& [key, item] : value) {
      json.key(key);
      write_value(json, item);
    }
    json.end_object();
  }
}

/// Whether the member's initialiser says anything: an empty text or list is no default.
template <class T>
[[nodiscard]] bool has_default(const T& value) {
  if constexpr (is_optional<T>) {
    return value.has_value();
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Secret> || is_list<T> ||
                       is_map<T>) {
    return !value.empty();
  } else if constexpr (std::is_same_v<T, Url>) {
    return !value.text.empty();
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return value != Timestamp{};
  } else {
    return !HasFields<T>;
  }
}

template <class Options>
void describe_options(JsonText& json);

/// "type", and what belongs to the type alone: choices of an enum, items of a list.
template <class T>
void describe_type(JsonText& json) {
  if constexpr (is_optional<T>) {
    describe_type<typename T::value_type>(json);
  } else {
    json.key("type").value(type_name<T>());
    if constexpr (NamedEnum<T>) {
      json.key("choices").begin_array();
      for (const auto& named : enum_names(T{})) json.value(std::string_view(named.first));
      json.end_array();
    } else if constexpr (is_list<T>) {
      json.key("items").begin_object();
      describe_type<typename T::value_type>(json);
      json.end_object();
    } else if constexpr (is_map<T>) {
      json.key("items").begin_object();
      describe_type<typename T::mapped_type>(json);
      json.end_object();
    } else if constexpr (HasFields<T>) {
      json.key("options");
      describe_options<T>(json);
    }
  }
}

template <class Owner, class Value>
void describe_field(JsonText& json, const Field<Owner, Value>& field, const Owner& defaults) {
  json.begin_object();
  json.key("name").value(field.name).key("doc").value(field.doc);
  describe_type<Value>(json);
  if (field.is_required) json.key("required").value(true);
  const Value& standard = defaults.*field.member;
  if (!field.is_required && has_default(standard)) {
    json.key("default");
    write_value(json, standard);
  }
  if (field.minimum) {
    json.key("minimum").value(*field.minimum);
  } else if constexpr (std::is_unsigned_v<Value> && !std::is_same_v<Value, bool>) {
    json.key("minimum").value(0);
  }
  if (field.maximum) json.key("maximum").value(*field.maximum);
  if (!field.choices.front().empty()) {
    json.key("choices").begin_array();
    for (const std::string_view choice : field.choices) {
      if (!choice.empty()) json.value(choice);
    }
    json.end_array();
  }
  if (!field.unit_name.empty()) json.key("unit").value(field.unit_name);
  if (!field.deprecated_for.empty()) json.key("deprecated").value(field.deprecated_for);
  json.end_object();
}

/// A JSON array of all options of a struct.
template <class Options>
void describe_options(JsonText& json) {
  const Options defaults{};
  json.begin_array();
  std::apply([&](const auto&... fields) { (describe_field(json, fields, defaults), ...); },
             Options::fields);
  json.end_array();
}

template <class Options>
void read_options(Options& options, const weir_option* given, std::size_t count);

/// The value that the engine checked; a type that does not fit means that engine and description
/// disagree, and is an Error.
template <class T>
void read_value(T& into, const weir_value& from) {
  const auto expect = [&from](weir_value_type wanted) {
    if (from.type != wanted) throw Error("the engine sent an option value of another type");
  };
  if constexpr (is_optional<T>) {
    if (from.type == WEIR_NULL) {
      into.reset();
    } else {
      read_value(into.emplace(), from);
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    expect(WEIR_BOOL);
    into = from.boolean != 0;
  } else if constexpr (std::is_integral_v<T>) {
    expect(WEIR_INTEGER);
    if (!std::in_range<T>(from.integer))
      throw Error(std::to_string(from.integer) + " is out of range");
    into = static_cast<T>(from.integer);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (from.type != WEIR_INTEGER) expect(WEIR_DOUBLE);
    into =
        static_cast<T>(from.type == WEIR_INTEGER ? static_cast<double>(from.integer) : from.number);
  } else if constexpr (std::is_same_v<T, Duration>) {
    expect(WEIR_INTEGER);
    into = Duration{from.integer};
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    expect(WEIR_INTEGER);
    into = Timestamp{Duration{from.integer}};
  } else if constexpr (std::is_same_v<T, Bytes>) {
    expect(WEIR_INTEGER);
    into = Bytes{from.integer};
  } else if constexpr (NamedEnum<T>) {
    expect(WEIR_STRING);
    for (const auto& [name, named] : enum_names(T{})) {
      if (std::string_view(from.text, from.count) == name) {
        into = named;
        return;
      }
    }
    throw Error("'" + std::string(from.text, from.count) + "' is none of the choices");
  } else if constexpr (is_list<T>) {
    expect(WEIR_LIST);
    into.clear();
    for (std::size_t i = 0; i < from.count; ++i) {
      typename T::value_type item{};
      read_value(item, from.items[i]);
      into.push_back(std::move(item));
    }
  } else if constexpr (is_map<T>) {
    expect(WEIR_MAP);
    into.clear();
    for (std::size_t i = 0; i < from.count; ++i)
      read_value(into[from.entries[i].name], from.entries[i].value);
  } else if constexpr (HasFields<T>) {
    expect(WEIR_MAP);
    read_options(into, from.entries, from.count);
  } else {
    expect(WEIR_STRING);
    std::string text(from.text, from.count);
    if constexpr (std::is_same_v<T, std::string>) {
      into = std::move(text);
    } else {
      into = T{std::move(text)};
    }
  }
}

template <class Options>
void read_options(Options& options, const weir_option* given, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto read = [&](const auto& field) {
      if (field.name != given[i].name) return;
      try {
        read_value(options.*field.member, given[i].value);
      } catch (const Error& wrong) {
        throw Error("option '" + std::string(field.name) + "': " + wrong.what());
      }
    };
    std::apply([&](const auto&... fields) { (read(fields), ...); }, Options::fields);
  }
}

}  // namespace detail
}  // namespace weir
