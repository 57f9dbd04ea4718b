// SPDX-License-Identifier: Apache-2.0
// json_schema: what an editor needs to complete and check a pipeline file.
#include <algorithm>

#include "core/plugin/catalog.hpp"

namespace weir::core {
namespace {

using nlohmann::json;

const json& substitution() {
  static const json text = {{"type", "string"}, {"pattern", "\\$\\{"}, {"title", "a variable"}};
  return text;
}

json or_substitution(json schema) { return {{"anyOf", {std::move(schema), substitution()}}}; }

json limited(json schema, const OptionDescription& option, const char* least, const char* most) {
  const auto whole = [](double limit) -> json {
    // "minimum": 1 reads better than 1.0, and sizes must be integers
    if (limit == static_cast<double>(static_cast<std::int64_t>(limit)))
      return static_cast<std::int64_t>(limit);
    return limit;
  };
  if (option.minimum && std::abs(*option.minimum) < 9e18) schema[least] = whole(*option.minimum);
  if (option.maximum && std::abs(*option.maximum) < 9e18) schema[most] = whole(*option.maximum);
  return schema;
}

json object_schema(const std::vector<OptionDescription>& options);
json option_schema(const OptionDescription& option);

json quantity(const char* pattern, const char* title) {
  return {{"type", "string"}, {"pattern", pattern}, {"title", title}};
}

/// A scalar of YAML, before its unit and limits are looked at: `5` may stand where a text is meant.
json scalar_schema(const OptionDescription& option) {
  switch (option.type) {
    case OptionType::boolean:
      return {{"anyOf",
               {{{"type", "boolean"}}, {{"enum", {"yes", "no", "on", "off", "true", "false"}}}}}};
    case OptionType::integer:
      return limited({{"type", "integer"}}, option, "minimum", "maximum");
    case OptionType::number:
      return limited({{"type", "number"}}, option, "minimum", "maximum");
    case OptionType::duration:
      return {
          {"anyOf",
           {quantity("^-?[0-9.]+(e[0-9]+)? *(ns|us|ms|s|m|min|h|d|w)$", "a duration: 250ms, 5m"),
            {{"enum", {0, "0"}}}}}};
    case OptionType::bytes:
      return {{"anyOf",
               {quantity("^[0-9.]+(e[0-9]+)? *(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?$", "a size: 64MiB"),
                {{"type", "integer"}, {"minimum", 0}}}}};
    case OptionType::timestamp:
      return quantity("^[0-9]{4}-[0-9]{2}-[0-9]{2}", "a time: 2026-11-22T10:00:00Z");
    case OptionType::url:
      return quantity("^[A-Za-z][A-Za-z0-9+.-]*://.", "a URL: http://127.0.0.1:8086");
    default:
      return {{"type", {"string", "number", "boolean"}}};
  }
}

json list_schema(const OptionDescription& option) {
  const json items = option.items.empty() ? json::object() : option_schema(option.items.front());
  const json array = limited({{"type", "array"}, {"items", items}}, option, "minItems", "maxItems");
  // `a, b` and a lone `5` are lists, too.
  return {{"anyOf", {array, {{"type", {"string", "number", "boolean"}}}}}};
}

json value_schema(const OptionDescription& option) {
  if (option.type == OptionType::list) return list_schema(option);
  if (option.type == OptionType::map) {
    const json values = option.items.empty() ? json::object() : option_schema(option.items.front());
    return limited({{"type", "object"}, {"additionalProperties", values}}, option, "minProperties",
                   "maxProperties");
  }
  if (option.type == OptionType::object) return object_schema(option.members);
  if (!option.choices.empty()) return or_substitution({{"enum", option.choices}});
  return or_substitution(scalar_schema(option));
}

json option_schema(const OptionDescription& option) {
  json schema = value_schema(option);
  std::string doc = option.doc;
  if (const std::string range = range_text(option); !range.empty()) doc += " (" + range + ")";
  if (!doc.empty()) schema["description"] = doc;
  if (option.standard) schema["default"] = *option.standard;
  if (!option.deprecated.empty()) schema["deprecated"] = true;
  return schema;
}

json object_schema(const std::vector<OptionDescription>& options) {
  json schema = {
      {"type", "object"}, {"properties", json::object()}, {"additionalProperties", false}};
  for (const OptionDescription& option : options) {
    schema["properties"][option.name] = option_schema(option);
    if (option.required) schema["required"].push_back(option.name);
  }
  return schema;
}

bool in_a_preset(const NodeDescription& node, const std::string& option) {
  return std::any_of(
      node.presets.begin(), node.presets.end(),
      [&](const PresetDescription& preset) { return preset.options.contains(option); });
}

json node_schema(const NodeDescription& node) {
  json schema = {{"description", node.summary}, {"additionalProperties", false}};
  json& properties = schema["properties"];
  for (const OptionDescription& option : engine_options())
    properties[option.name] = option_schema(option);
  properties["plugin"] = {{"const", node.name}};
  properties.erase("preset");
  if (!node.presets.empty()) {
    json names = json::array();
    for (const PresetDescription& preset : node.presets) names.push_back(preset.name);
    properties["preset"] = or_substitution({{"enum", names}});
  }
  if (node.max_inputs == 0) properties.erase("inputs");
  json required = json::array({"plugin"});
  if (node.min_inputs > 0) required.push_back("inputs");
  for (const OptionDescription& option : node.options) {
    properties[option.name] = option_schema(option);
    if (option.required && !in_a_preset(node, option.name)) required.push_back(option.name);
  }
  schema["required"] = std::move(required);
  return schema;
}

}  // namespace

json json_schema(std::span<const NodeDescription> nodes) {
  json definitions = json::object();
  json cases = json::array();
  json names = json::array();
  for (const NodeDescription& node : nodes) {
    definitions[node.name] = node_schema(node);
    names.push_back({{"const", node.name}, {"description", node.summary}});
    cases.push_back(
        {{"if", {{"properties", {{"plugin", {{"const", node.name}}}}}, {"required", {"plugin"}}}},
         {"then", {{"$ref", "#/$defs/" + node.name}}}});
  }
  json any_node = {{"type", "object"}, {"required", {"plugin"}}};
  if (!nodes.empty()) {
    any_node["properties"] = {{"plugin", {{"oneOf", names}}}};
    any_node["allOf"] = std::move(cases);
  }
  definitions["node"] = std::move(any_node);
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "Weir pipeline"},
          {"type", "object"},
          {"required", {"nodes"}},
          {"additionalProperties", false},
          {"properties",
           {{"description", {{"type", "string"}, {"description", "What the pipeline is for"}}},
            {"for",
             {{"type", "string"}, {"description", "All sources end after this time, such as 60s"}}},
            {"nodes",
             {{"type", "object"},
              {"minProperties", 1},
              {"propertyNames", {{"pattern", "^[A-Za-z_][A-Za-z0-9_-]{0,63}$"}}},
              {"additionalProperties", {{"$ref", "#/$defs/node"}}}}}}},
          {"$defs", std::move(definitions)}};
}

}  // namespace weir::core
