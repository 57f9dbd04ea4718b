// SPDX-License-Identifier: Apache-2.0
#include "core/graph/bind_options.hpp"

#include <algorithm>

#include "core/plugin/catalog.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

using config::Entry;
using config::Node;
using config::Problems;

const OptionDescription* engine_option(std::string_view name) {
  const auto& options = engine_options();
  const auto at =
      std::find_if(options.begin(), options.end(),
                   [&](const OptionDescription& option) { return option.name == name; });
  return at == options.end() ? nullptr : &*at;
}

WhenFull when_full_of(const OptionValue& value) {
  return std::get<std::string>(value.value) == "drop_oldest" ? WhenFull::drop_oldest
                                                             : WhenFull::block;
}

void apply_buffer(const OptionValue& value, NodeSettings& settings) {
  BufferSettings buffer;
  for (const OptionEntry& entry : std::get<OptionValue::Map>(value.value)) {
    if (entry.name == "type" && std::get<std::string>(entry.value.value) == "disk")
      buffer.type = BufferSettings::Type::disk;
    if (entry.name == "max_size")
      buffer.max_size = Bytes{std::get<std::int64_t>(entry.value.value)};
    if (entry.name == "when_full") buffer.when_full = when_full_of(entry.value);
  }
  const bool disk = buffer.type == BufferSettings::Type::disk;
  if (buffer.max_size.count == 0) buffer.max_size = Bytes{disk ? 1 << 30 : 64 << 20};
  settings.buffer = buffer;
  if (disk) return;
  settings.queue = buffer.max_size;
  settings.when_full = buffer.when_full;
}

void apply_setting(const std::string& name, const OptionValue& value, NodeSettings& settings) {
  if (name == "buffer") return apply_buffer(value, settings);
  if (name == "when_full") {
    settings.when_full = when_full_of(value);
    return;
  }
  if (name == "isolation") {
    settings.isolation =
        std::get<std::string>(value.value) == "process" ? Isolation::process : Isolation::none;
    return;
  }
  const std::int64_t amount = std::get<std::int64_t>(value.value);
  if (name == "queue") settings.queue = Bytes{amount};
  if (name == "flush_interval") settings.flush_interval = Duration{amount};
  if (name == "idle_timeout") settings.idle_timeout = Duration{amount};
  if (name == "memory_limit") settings.memory_limit = Bytes{amount};
  if (name == "open_files") settings.open_files = amount;
  if (name == "call_limit") settings.call_limit = Duration{amount};
}

void unknown_option(const Entry& option, const GraphNode& node, Problems& problems) {
  std::vector<std::string> names;
  for (const OptionDescription& known : node.description->options) names.push_back(known.name);
  for (const OptionDescription& known : engine_options()) names.push_back(known.name);
  std::string hint;
  if (const auto near = config::closest(option.key, names)) {
    hint = "did you mean '" + *near + "'?";
    const OptionDescription* meant = node.description->option(*near);
    if (meant != nullptr && !meant->choices.empty()) {
      hint += " (" + type_text(*meant).substr(std::string_view("one of ").size()) + ")";
    }
  } else {
    hint = "see `weir plugins show " + node.plugin + "`";
  }
  problems.error(option.key_place, node.plugin + " has no option '" + option.key + "'",
                 std::move(hint));
}

/// JSON of a preset as if it stood in the file, at the place where the preset is named.
Node as_node(const nlohmann::json& json, const config::Place& place) {
  Node node;
  node.place = place;
  if (json.is_array()) {
    node.kind = config::Kind::kList;
    for (const nlohmann::json& item : json) node.items.push_back(as_node(item, place));
  } else if (json.is_object()) {
    node.kind = config::Kind::kMap;
    for (const auto& [key, item] : json.items())
      node.entries.push_back({key, place, as_node(item, place)});
  } else if (!json.is_null()) {
    node.kind = config::Kind::kScalar;
    node.text = json.is_string() ? json.get<std::string>() : json.dump();
  }
  return node;
}

/// One key of a node, from the file or from a preset.
void bind_key(const Entry& option, GraphNode& node, Problems& problems) {
  const OptionDescription* own = node.description->option(option.key);
  const OptionDescription* engine = engine_option(option.key);
  if (own == nullptr && engine == nullptr) return unknown_option(option, node, problems);
  if (option.value.is_null()) return;
  if (own == nullptr && option.key == "buffer" && node.description->kind != Kind::sink) {
    problems.error(option.key_place, "'buffer' belongs to sinks, and " + node.plugin + " is none",
                   "'queue' bounds what waits in front of any node");
    return;
  }
  auto value = bind_value(option.value, own != nullptr ? *own : *engine, problems);
  if (!value) return;
  // A plugin may want to know a setting of the engine too, and declares it by the same name and
  // type.
  if (engine != nullptr && (own == nullptr || own->type == engine->type)) {
    apply_setting(option.key, *value, node.settings);
  }
  if (own == nullptr) return;
  if (!own->deprecated.empty()) {
    problems.warning(option.key_place,
                     "option '" + option.key + "' of " + node.plugin + " is deprecated",
                     "use " + own->deprecated);
  }
  node.options.push_back({option.key, std::move(*value)});
}

/// Limits of a process are for isolated nodes alone.
void check_isolation(const Entry& entry, const GraphNode& node, Problems& problems) {
  if (node.settings.isolation == Isolation::process) return;
  for (const char* limit : {"memory_limit", "open_files", "call_limit"}) {
    const Entry* given = entry.value.find(limit);
    if (given == nullptr || node.description->option(limit) != nullptr) continue;
    problems.warning(given->key_place,
                     std::string("'") + limit + "' has no effect without isolation: process",
                     "add `isolation: process`");
  }
}

/// The preset's entries that the file does not give itself.
std::vector<Entry> preset_entries(const Entry& entry, const GraphNode& node, Problems& problems) {
  const Entry* given = entry.value.find("preset");
  if (given == nullptr || given->value.is_null() || given->value.reported) return {};
  const auto& presets = node.description->presets;
  const auto at =
      std::find_if(presets.begin(), presets.end(), [&](const PresetDescription& preset) {
        return given->value.is_scalar() && preset.name == given->value.text;
      });
  if (at == presets.end()) {
    std::vector<std::string> names;
    std::string list;
    for (const PresetDescription& preset : presets) {
      names.push_back(preset.name);
      list += (list.empty() ? "it has " : ", ") + preset.name;
    }
    if (list.empty()) list = "it has none";
    problems.error(given->value.place,
                   node.plugin + " has no preset '" +
                       (given->value.is_scalar() ? given->value.shown() : "") + "'",
                   config::did_you_mean(given->value.text, names, list));
    return {};
  }
  std::vector<Entry> entries;
  for (const auto& [key, json] : at->options.items()) {
    const Entry* own = entry.value.find(key);
    if (own != nullptr && !own->value.is_null()) continue;
    entries.push_back({key, given->value.place, as_node(json, given->value.place)});
  }
  return entries;
}

}  // namespace

void bind_options(const Entry& entry, GraphNode& node, Problems& problems) {
  const std::vector<Entry> preset = preset_entries(entry, node, problems);
  for (const Entry& option : preset) bind_key(option, node, problems);
  for (const Entry& option : entry.value.entries) {
    if (option.key != "plugin" && option.key != "inputs" && option.key != "preset") {
      bind_key(option, node, problems);
    }
  }
  check_isolation(entry, node, problems);
  for (const OptionDescription& option : node.description->options) {
    if (!option.required) continue;
    const Entry* own = entry.value.find(option.name);
    const bool given = own != nullptr && !own->value.is_null();
    const bool in_preset = std::any_of(
        preset.begin(), preset.end(), [&](const Entry& other) { return other.key == option.name; });
    if (given || in_preset) continue;
    problems.error(entry.key_place,
                   "node '" + entry.key + "': " + node.plugin + " needs '" + option.name + "'",
                   option.doc.empty() ? "" : option.doc + " (" + type_text(option) + ")");
  }
}

OptionValues options_from_json(const std::string& plugin,
                               std::shared_ptr<const NodeDescription> description,
                               const std::string& text) {
  const auto json = nlohmann::json::parse(text.empty() ? "{}" : text, nullptr, false);
  if (!json.is_object()) throw Fatal("options of " + plugin + ": this is no JSON object: " + text);
  GraphNode node;
  node.plugin = plugin;
  node.description = std::move(description);
  const config::Place nowhere{};
  config::Problems problems;
  bind_options({plugin, nowhere, as_node(json, nowhere)}, node, problems);
  std::string wrong;
  for (const config::Problem& problem : problems.all()) {
    if (problem.severity != config::Severity::kError) continue;
    wrong += (wrong.empty() ? "" : "; ") + problem.message;
    if (!problem.hint.empty()) wrong += " (" + problem.hint + ")";
  }
  if (!wrong.empty()) throw Fatal("options of " + plugin + ": " + wrong);
  return node.options;
}

}  // namespace weir::core
