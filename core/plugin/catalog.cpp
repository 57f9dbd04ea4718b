// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/catalog.hpp"

#include <cmath>

#include "weir/arrow.hpp"
#include "weir/units.hpp"

namespace weir::core {
namespace {

OptionDescription engine_option(std::string name, OptionType type, std::string doc) {
  OptionDescription option;
  option.name = std::move(name);
  option.type = type;
  option.doc = std::move(doc);
  return option;
}

OptionDescription buffer_option() {
  OptionDescription buffer =
      engine_option("buffer", OptionType::object,
                    "Sinks: keeps what the sink cannot take yet. On disk it outlives the program, "
                    "and a row counts as delivered when it is durable there");
  OptionDescription type = engine_option("type", OptionType::choice, "Where the rows wait");
  type.required = true;
  type.choices = {"memory", "disk"};
  OptionDescription size = engine_option("max_size", OptionType::bytes,
                                         "Most bytes that wait: 1GiB on disk, 64MiB in memory");
  size.minimum = 1 << 20;
  size.maximum = std::pow(2.0, 44);
  OptionDescription when_full = engine_option(
      "when_full", OptionType::choice,
      "What happens then: what feeds the sink waits, or the oldest rows are dropped and counted");
  when_full.standard = "block";
  when_full.choices = {"block", "drop_oldest"};
  buffer.members = {std::move(type), std::move(size), std::move(when_full)};
  return buffer;
}

void add_isolation(std::vector<OptionDescription>& all) {
  all.push_back(engine_option("isolation", OptionType::choice,
                              "process: the node runs in a process of its own, so that a crash of "
                              "its plugin is a restart of this node"));
  all.back().standard = "none";
  all.back().choices = {"none", "process"};
  all.push_back(engine_option("memory_limit", OptionType::bytes,
                              "Isolated nodes: memory of the process; none unless given"));
  all.back().minimum = 16 << 20;
  all.back().maximum = std::pow(2.0, 44);
  all.push_back(engine_option("open_files", OptionType::integer,
                              "Isolated nodes: descriptors of the process; the system's limit "
                              "unless given"));
  all.back().minimum = 16;
  all.back().maximum = 1 << 20;
  all.push_back(engine_option("call_limit", OptionType::duration,
                              "Isolated nodes: a call that takes longer hangs, and the process is "
                              "ended; of a model that learns, longer without an epoch"));
  all.back().standard = "30s";
  all.back().minimum = 1e7;
  all.back().maximum = 86400e9;
}

std::vector<OptionDescription> make_engine_options() {
  std::vector<OptionDescription> all;
  all.push_back(engine_option("plugin", OptionType::string, "The kind of node"));
  all.back().required = true;
  all.push_back(engine_option("inputs", OptionType::list,
                              "What feeds the node: names of nodes, or node.port"));
  all.back().items = {engine_option("", OptionType::string, "")};
  all.push_back(engine_option("preset", OptionType::string,
                              "A named set of the plugin's options; options given beside it win"));
  all.push_back(
      engine_option("queue", OptionType::bytes, "Bytes that may wait in front of the node"));
  all.back().standard = "4MiB";
  all.back().minimum = 1024;
  all.back().maximum = std::pow(2.0, 40);
  all.push_back(engine_option("when_full", OptionType::choice,
                              "What happens when the queue is full: what feeds it waits, or the "
                              "oldest batch is dropped and counted"));
  all.back().standard = "block";
  all.back().choices = {"block", "drop_oldest"};
  all.push_back(engine_option("flush_interval", OptionType::duration,
                              "Sinks: longest time before what was taken in is flushed"));
  all.back().standard = "1s";
  all.back().minimum = 1e6;
  all.back().maximum = 86400e9;
  all.push_back(
      engine_option("idle_timeout", OptionType::duration,
                    "Joins: how long an input may be idle before it stops holding the others"));
  all.back().standard = "5s";
  all.back().minimum = 1e6;
  all.back().maximum = 86400e9;
  all.push_back(buffer_option());
  add_isolation(all);
  return all;
}

/// A limit in the words of the option's type.
std::string limit_text(OptionType type, double limit) {
  const bool fits = std::abs(limit) < 9.2e18;
  if (type == OptionType::duration && fits)
    return to_text(Duration{static_cast<std::int64_t>(limit)});
  if (type == OptionType::bytes && fits) return to_text(Bytes{static_cast<std::int64_t>(limit)});
  if (type == OptionType::timestamp && fits) {
    return to_text(Timestamp{Duration{static_cast<std::int64_t>(limit)}});
  }
  if (fits && limit == std::trunc(limit) && std::abs(limit) < 1e15) {
    return std::to_string(static_cast<std::int64_t>(limit));
  }
  return detail::number_text(limit);
}

std::string value_text(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    std::string list;
    for (const nlohmann::json& item : value) list += (list.empty() ? "" : ", ") + value_text(item);
    return '[' + list + ']';
  }
  if (value.is_object()) {
    std::string map;
    for (const auto& [key, item] : value.items()) {
      map += (map.empty() ? "" : ", ") + key + ": " + value_text(item);
    }
    return '{' + map + '}';
  }
  return value.dump();
}

}  // namespace

const std::vector<OptionDescription>& engine_options() {
  static const std::vector<OptionDescription> options = make_engine_options();
  return options;
}

NodeDescription merge_model(const NodeDescription& model, const NodeDescription& harness) {
  NodeDescription merged = model;
  merged.min_inputs = harness.min_inputs;
  merged.max_inputs = harness.max_inputs;
  merged.order = harness.order;
  merged.outputs = harness.outputs;
  for (const OptionDescription& option : harness.options) {
    if (model.option(option.name) == nullptr) merged.options.push_back(option);
  }
  for (const PresetDescription& preset : harness.presets) {
    bool own = false;
    for (const PresetDescription& other : model.presets) own = own || other.name == preset.name;
    if (!own) merged.presets.push_back(preset);
  }
  if (!harness.details.empty())
    merged.details += (merged.details.empty() ? "" : "\n\n") + harness.details;
  return merged;
}

std::string type_text(const OptionDescription& option) {
  if (!option.choices.empty()) {
    std::string list;
    for (const std::string& choice : option.choices) list += (list.empty() ? "" : ", ") + choice;
    return "one of " + list;
  }
  if (option.type == OptionType::list && !option.items.empty()) {
    return "list of " + type_text(option.items.front());
  }
  if (option.type == OptionType::map && !option.items.empty()) {
    return "map of " + type_text(option.items.front());
  }
  return std::string(to_string(option.type));
}

std::string range_text(const OptionDescription& option) {
  const auto limit = [&option](double value) {
    std::string text = limit_text(option.type, value);
    switch (option.type) {
      case OptionType::string:
      case OptionType::url:
      case OptionType::secret:
        return text + (value == 1 ? " character" : " characters");
      case OptionType::list:
      case OptionType::map:
        return text + (value == 1 ? " entry" : " entries");
      default:
        return text;
    }
  };
  if (option.minimum && option.maximum) {
    return "from " + limit_text(option.type, *option.minimum) + " to " + limit(*option.maximum);
  }
  if (option.minimum) return "at least " + limit(*option.minimum);
  if (option.maximum) return "at most " + limit(*option.maximum);
  return {};
}

std::string default_text(const OptionDescription& option) {
  return option.standard ? value_text(*option.standard) : std::string{};
}

}  // namespace weir::core
