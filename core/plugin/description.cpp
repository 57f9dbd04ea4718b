// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/description.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/plugin/library.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kind_names{"source", "transform", "model", "sink"};
constexpr std::array<std::string_view, 13> type_names{
    "string", "bool",   "integer", "double", "duration", "bytes", "timestamp",
    "url",    "secret", "enum",    "list",   "map",      "object"};
constexpr int max_json_depth = 32;
constexpr int max_option_depth = 8;
constexpr std::size_t max_entries = 1000;

[[noreturn]] void wrong(const std::string& where, const std::string& what) {
  throw Error("its description is malformed: " + where + " " + what);
}

const json& member(const json& object, const char* key, const std::string& where) {
  const auto at = object.find(key);
  if (at == object.end()) wrong(where, std::string("has no \"") + key + '"');
  return *at;
}

/// Text for a terminal: no control characters, but new lines and tabs in longer ones.
std::string text_of(const json& value, const std::string& where, bool lines = false) {
  if (!value.is_string()) wrong(where, "is no text");
  const auto& text = value.get_ref<const std::string&>();
  const bool bad = std::any_of(text.begin(), text.end(), [lines](unsigned char c) {
    return (c < 0x20 && !(lines && (c == '\n' || c == '\t'))) || c == 0x7F;
  });
  if (bad) wrong(where, "holds control characters");
  return text;
}

std::string optional_text(const json& object, const char* key, const std::string& where,
                          bool lines = false) {
  const auto at = object.find(key);
  return at == object.end() ? std::string{} : text_of(*at, where + "." + key, lines);
}

/// A word that people type in pipeline files.
std::string name_of(const json& object, const std::string& where) {
  std::string name = text_of(member(object, "name", where), where + ".name");
  const bool word = !name.empty() && name.size() <= 64 &&
                    std::all_of(name.begin(), name.end(), [](unsigned char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '-' || c == '_';
                    });
  if (!word) {
    wrong(where + ".name",
          "'" + one_line(name, 64) + "' is no name (1 to 64 of letters, digits, '-' and '_')");
  }
  return name;
}

const json& array_of(const json& object, const char* key, const std::string& where) {
  static const json none = json::array();
  const auto at = object.find(key);
  if (at == object.end()) return none;
  if (!at->is_array()) wrong(where + "." + key, "is no list");
  if (at->size() > max_entries) wrong(where + "." + key, "has more than 1000 entries");
  return *at;
}

void expect_object(const json& value, const std::string& where) {
  if (!value.is_object()) wrong(where, "is no object");
}

bool flag_of(const json& object, const char* key, const std::string& where) {
  const auto at = object.find(key);
  if (at == object.end()) return false;
  if (!at->is_boolean()) wrong(where + "." + key, "is neither true nor false");
  return at->get<bool>();
}

std::optional<double> number_of(const json& object, const char* key, const std::string& where) {
  const auto at = object.find(key);
  if (at == object.end()) return std::nullopt;
  if (!at->is_number()) wrong(where + "." + key, "is no number");
  return at->get<double>();
}

std::optional<std::size_t> count_of(const json& object, const char* key, const std::string& where) {
  const auto at = object.find(key);
  if (at == object.end()) return std::nullopt;
  if (!at->is_number_unsigned()) wrong(where + "." + key, "is no count");
  return at->get<std::size_t>();
}

std::vector<OptionDescription> options_of(const json& object, const std::string& where, int depth);

OptionType type_of(const json& object, const std::string& where) {
  const std::string name = text_of(member(object, "type", where), where + ".type");
  const auto* const at = std::find(type_names.begin(), type_names.end(), name);
  if (at == type_names.end()) {
    wrong(where + ".type",
          "'" + one_line(name, 64) + "' is unknown; a plugin of a newer SDK needs a newer weir");
  }
  return static_cast<OptionType>(at - type_names.begin());
}

/// What belongs to the type: also of the nameless items of a list or map.
void read_type(const json& object, OptionDescription& option, const std::string& where, int depth) {
  if (depth > max_option_depth) wrong(where, "is nested too deeply");
  option.type = type_of(object, where);
  for (const json& choice : array_of(object, "choices", where)) {
    option.choices.push_back(text_of(choice, where + ".choices"));
  }
  if (option.type == OptionType::choice && option.choices.empty()) {
    wrong(where, "is an enum without \"choices\"");
  }
  if (option.type == OptionType::list || option.type == OptionType::map) {
    const json& items = member(object, "items", where);
    expect_object(items, where + ".items");
    read_type(items, option.items.emplace_back(), where + ".items", depth + 1);
  }
  if (option.type == OptionType::object) {
    option.members = options_of(object, where, depth + 1);
  }
}

OptionDescription option_of(const json& object, const std::string& where, int depth) {
  expect_object(object, where);
  OptionDescription option;
  option.name = name_of(object, where);
  const std::string here = "option '" + option.name + "'";
  option.doc = optional_text(object, "doc", here, true);
  read_type(object, option, here, depth);
  option.required = flag_of(object, "required", here);
  if (const auto at = object.find("default"); at != object.end()) option.standard = *at;
  option.minimum = number_of(object, "minimum", here);
  option.maximum = number_of(object, "maximum", here);
  if (option.minimum && option.maximum && *option.minimum > *option.maximum) {
    wrong(here, "has a minimum above its maximum");
  }
  option.unit = optional_text(object, "unit", here);
  option.deprecated = optional_text(object, "deprecated", here);
  return option;
}

template <class Named>
void expect_new_name(const std::vector<Named>& so_far, const std::string& name, const char* what) {
  for (const Named& other : so_far) {
    if (other.name == name) wrong(std::string(what) + " '" + name + "'", "is there twice");
  }
}

std::vector<OptionDescription> options_of(const json& object, const std::string& where, int depth) {
  std::vector<OptionDescription> options;
  for (const json& entry : array_of(object, "options", where)) {
    OptionDescription option = option_of(entry, "an entry of " + where + ".options", depth);
    expect_new_name(options, option.name, "option");
    options.push_back(std::move(option));
  }
  return options;
}

void read_inputs(const json& object, NodeDescription& node) {
  const auto at = object.find("inputs");
  if (at == object.end()) {
    node.min_inputs = node.kind == Kind::source ? 0 : 1;
    if (node.kind == Kind::source) node.max_inputs = 0;
    return;
  }
  expect_object(*at, "inputs");
  node.min_inputs = count_of(*at, "min", "inputs").value_or(0);
  node.max_inputs = count_of(*at, "max", "inputs").value_or(node.max_inputs);
  if (node.min_inputs > node.max_inputs) wrong("inputs", "has a min above its max");
  const std::string order = optional_text(*at, "order", "inputs");
  if (order == "watermark") {
    node.order = Order::watermark;
  } else if (order == "sequence") {
    node.order = Order::sequence;
  } else if (!order.empty() && order != "any") {
    wrong("inputs.order", "is none of any, watermark, sequence");
  }
}

void read_outputs(const json& object, NodeDescription& node) {
  for (const json& entry : array_of(object, "outputs", "it")) {
    expect_object(entry, "an entry of outputs");
    std::string name = name_of(entry, "an entry of outputs");
    expect_new_name(node.outputs, name, "output");
    std::string doc = optional_text(entry, "doc", "output '" + name + "'", true);
    node.outputs.push_back({std::move(name), std::move(doc)});
  }
  if (node.kind == Kind::source && node.outputs.empty()) {
    wrong("outputs", "is empty, but it is a source");
  }
}

void read_presets(const json& object, NodeDescription& node) {
  for (const json& entry : array_of(object, "presets", "it")) {
    expect_object(entry, "an entry of presets");
    PresetDescription preset;
    preset.name = name_of(entry, "an entry of presets");
    expect_new_name(node.presets, preset.name, "preset");
    preset.doc = optional_text(entry, "doc", "preset '" + preset.name + "'", true);
    preset.options = member(entry, "options", "preset '" + preset.name + "'");
    expect_object(preset.options, "preset '" + preset.name + "'.options");
    node.presets.push_back(std::move(preset));
  }
}

json parse_json(std::string_view text) {
  const auto shallow = [](int depth, json::parse_event_t, json&) {
    if (depth > max_json_depth) wrong("it", "is nested more than 32 levels deep");
    return true;
  };
  try {
    return json::parse(text, shallow);
  } catch (const json::exception& error) {
    throw Error("its description is no JSON: " + one_line(error.what(), 200));
  }
}

}  // namespace

std::string_view to_string(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }
std::string_view to_string(OptionType type) { return type_names[static_cast<std::size_t>(type)]; }

const OptionDescription* NodeDescription::option(std::string_view wanted) const {
  const auto at =
      std::find_if(options.begin(), options.end(),
                   [&](const OptionDescription& option) { return option.name == wanted; });
  return at == options.end() ? nullptr : &*at;
}

std::optional<std::uint32_t> NodeDescription::output(std::string_view wanted) const {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].name == wanted) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

NodeDescription parse_description(std::string_view text) {
  const json object = parse_json(text);
  expect_object(object, "it");
  NodeDescription node;
  node.name = name_of(object, "it");
  node.summary = optional_text(object, "summary", "it", true);
  node.details = optional_text(object, "details", "it", true);
  const std::string kind = text_of(member(object, "kind", "it"), "kind");
  const auto* const at = std::find(kind_names.begin(), kind_names.end(), kind);
  if (at == kind_names.end()) {
    wrong("kind", "'" + one_line(kind, 64) + "' is none of source, transform, model, sink");
  }
  node.kind = static_cast<Kind>(at - kind_names.begin());
  node.live = flag_of(object, "live", "it");
  // Said by no plugin of ABI 1.1 or before: then the safe answer.
  node.holds = object.contains("holds") ? flag_of(object, "holds", "it")
                                        : node.kind == Kind::transform || node.kind == Kind::model;
  read_inputs(object, node);
  read_outputs(object, node);
  node.options = options_of(object, "it", 0);
  for (const char* reserved : {"plugin", "inputs", "preset"}) {
    if (node.option(reserved) != nullptr) {
      wrong(std::string("option '") + reserved + "'",
            "has a name that the engine keeps for itself");
    }
  }
  read_presets(object, node);
  return node;
}

}  // namespace weir::core
