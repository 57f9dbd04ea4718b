// SPDX-License-Identifier: Apache-2.0
#include "core/graph/bind.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "core/graph/bind_edges.hpp"
#include "core/graph/bind_options.hpp"
#include "core/plugin/catalog.hpp"

namespace weir::core {
namespace {

using config::Entry;
using config::Problems;

constexpr const char* example =
    "such as `nodes: {ping: {plugin: icmp-source, targets: [127.0.0.1]}, …}`";

bool is_node_name(const std::string& name) {
  const auto letter = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && name.size() <= 64 && letter(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), [&](unsigned char c) {
           return letter(c) || (c >= '0' && c <= '9') || c == '-';
         });
}

void check_top_level(const config::Node& root, Problems& problems) {
  static const std::vector<std::string> known{"description", "for", "nodes"};
  for (const Entry& entry : root.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    problems.error(
        entry.key_place, "a pipeline has no key '" + entry.key + "'",
        config::did_you_mean(entry.key, known,
                             entry.value.is_map() && entry.value.find("plugin") != nullptr
                                 ? "nodes stand under `nodes:`"
                                 : "it has description, for and nodes"));
  }
  const Entry* description = root.find("description");
  if (description != nullptr && !description->value.is_scalar() && !description->value.is_null()) {
    problems.error(description->value.place, std::string("'description' is a text, not ") +
                                                 config::kind_name(description->value.kind));
  }
}

/// `for: 60s`, after which all sources end; nothing where the file does not say.
std::optional<Duration> run_for(const config::Node& root, Problems& problems) {
  const Entry* given = root.find("for");
  if (given == nullptr || given->value.reported) return std::nullopt;
  const std::optional<Duration> duration =
      given->value.is_scalar() ? parse_duration(given->value.text) : std::nullopt;
  if (!duration || duration->count() <= 0) {
    problems.error(given->value.place, "'for' is how long the pipeline runs, a duration above 0",
                   "such as 60s or 2h");
  }
  return duration;
}

/// The entries of `nodes` that can be looked at further.
std::vector<const Entry*> node_entries(const config::Document& document, Problems& problems) {
  const Entry* nodes = document.root.find("nodes");
  if (nodes == nullptr || nodes->value.is_null() ||
      (nodes->value.is_map() && nodes->value.entries.empty())) {
    const config::Place place =
        nodes != nullptr ? nodes->key_place : config::Place{document.file, 0, 0, 1};
    problems.error(place, "the pipeline has no nodes", example);
    return {};
  }
  if (!nodes->value.is_map()) {
    if (!nodes->value.reported) {
      problems.error(
          nodes->value.place,
          std::string("'nodes' needs a map of nodes, not ") + config::kind_name(nodes->value.kind),
          example);
    }
    return {};
  }
  std::vector<const Entry*> entries;
  for (const Entry& entry : nodes->value.entries) {
    if (!is_node_name(entry.key)) {
      problems.error(entry.key_place, "'" + entry.key + "' is no name for a node",
                     "1 to 64 of letters, digits, '_' and '-', a letter first");
    }
    if (entry.value.is_map() || entry.value.is_null()) {
      entries.push_back(&entry);
    } else if (!entry.value.reported) {
      problems.error(
          entry.value.place,
          "node '" + entry.key + "' needs a map, not " + config::kind_name(entry.value.kind),
          "such as {plugin: icmp-source}");
    }
  }
  return entries;
}

/// The name of the plugin, if there is one to look for.
const config::Node* plugin_value(const Entry& entry) {
  const Entry* plugin = entry.value.find("plugin");
  if (plugin == nullptr || !plugin->value.is_scalar() || plugin->value.reported ||
      plugin->value.text.empty()) {
    return nullptr;
  }
  return &plugin->value;
}

void report_no_plugin(const Entry& entry, Problems& problems) {
  const Entry* plugin = entry.value.find("plugin");
  if (plugin != nullptr && plugin->value.reported) return;
  const config::Place& place = plugin == nullptr         ? entry.key_place
                               : plugin->value.is_null() ? plugin->key_place
                                                         : plugin->value.place;
  problems.error(place, "node '" + entry.key + "' names no plugin",
                 "add `plugin: NAME`; see `weir plugins list`");
}

/// Looks for the plugin and binds its options; without one only the name is kept.
GraphNode bind_node(const Entry& entry, PluginLookup& plugins, const NodeDescription& harness,
                    Problems& problems) {
  GraphNode node;
  node.name = entry.key;
  node.place = entry.key_place;
  const config::Node* plugin = plugin_value(entry);
  if (plugin == nullptr) {
    report_no_plugin(entry, problems);
    return node;
  }
  node.plugin = plugin->text;
  FoundPlugin found = plugins.find(node.plugin);
  if (!found.ok()) {
    problems.error(plugin->place, found.problem, found.hint);
    return node;
  }
  node.type = found.type;
  node.library = std::move(found.library);
  node.description = std::move(found.description);
  if (node.description->kind == Kind::model) {
    node.description =
        std::make_shared<const NodeDescription>(merge_model(*node.description, harness));
  }
  bind_options(entry, node, problems);
  return node;
}

/// The text of an option, given or by default; null if it has neither.
const std::string* text_option(const GraphNode& node, const OptionDescription& option) {
  for (const auto& [name, value] : node.options) {
    if (name == option.name) return std::get_if<std::string>(&value.value);
  }
  if (!option.standard || !option.standard->is_string()) return nullptr;
  return &option.standard->get_ref<const std::string&>();
}

config::Place place_of(const Entry& entry, const std::string& option) {
  const Entry* given = entry.value.find(option);
  return given == nullptr || given->value.is_null() ? entry.key_place : given->value.place;
}

/// Two sinks that write one file would destroy each other's work. Folders may be shared by sinks
/// that write different things, so they count only between nodes of one plugin.
void check_files(const std::vector<const Entry*>& entries, const Graph& graph, Problems& problems) {
  std::map<std::string, std::size_t> writers;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    if (node.description == nullptr || node.description->kind != Kind::sink) continue;
    for (const char* name : {"path", "file", "directory"}) {
      const OptionDescription* option = node.description->option(name);
      const std::string* text = option == nullptr ? nullptr : text_option(node, *option);
      if (text == nullptr || text->empty() || text->starts_with("/dev/") || *text == "-") continue;
      std::error_code failed;
      std::filesystem::path path = std::filesystem::absolute(*text, failed).lexically_normal();
      if (!path.has_filename()) path = path.parent_path();
      const bool folder = std::string_view(name) == "directory";
      const auto [at, first] =
          writers.emplace((folder ? node.plugin + ':' : "") + path.string(), i);
      if (first || at->second == i) continue;
      problems.error(
          place_of(*entries[i], name),
          "nodes '" + graph.nodes[at->second].name + "' and '" + node.name + "' write the same " +
              (folder ? "folder" : "file"),
          std::string("give each a '") + name + "' of its own, or feed one node from both inputs");
    }
  }
}

}  // namespace

Graph bind(const config::Document& document, PluginLookup& plugins, const NodeDescription& harness,
           Problems& problems) {
  Graph graph;
  graph.name = std::filesystem::path(document.file).stem().string();
  if (!document.usable()) return graph;
  check_top_level(document.root, problems);
  if (const Entry* description = document.root.find("description"))
    graph.description = description->value.text;
  graph.run_for = run_for(document.root, problems);
  const std::vector<const Entry*> entries = node_entries(document, problems);
  std::set<std::string> names;
  for (const Entry* entry : entries) {
    if (const config::Node* plugin = plugin_value(*entry)) names.insert(plugin->text);
  }
  plugins.prepare(std::vector<std::string>(names.begin(), names.end()));
  for (const Entry* entry : entries)
    graph.nodes.push_back(bind_node(*entry, plugins, harness, problems));
  check_files(entries, graph, problems);
  bind_edges(entries, graph, problems);
  return graph;
}

}  // namespace weir::core
