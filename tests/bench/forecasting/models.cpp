// SPDX-License-Identifier: Apache-2.0
#include "forecasting/models.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "core/config/load.hpp"
#include "core/graph/bind_options.hpp"
#include "core/plugin/catalog.hpp"
#include "weir/description.hpp"

namespace weir::bench {
namespace {

template <class Clock>
std::int64_t nanoseconds() {
  return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count();
}

weir_host make_host() {
  weir_host host{};
  host.size = sizeof host;
  host.now = [](void*) { return nanoseconds<std::chrono::system_clock>(); };
  host.monotonic = [](void*) { return nanoseconds<std::chrono::steady_clock>(); };
  host.stopping = [](void*) { return 0; };
  host.log = [](void*, std::int32_t level, const char* text, std::size_t length) {
    if (level >= static_cast<std::int32_t>(Level::warning))
      std::fprintf(stderr, "%.*s\n", static_cast<int>(length), text);
  };
  host.count = [](void*, const char*, std::uint64_t) {};
  host.wait_until = [](void*, std::int64_t) { return 1; };
  host.query = [](void*, const char*) -> const void* { return nullptr; };
  return host;
}

core::Registry make_registry() {
  core::RegistrySettings settings =
      core::default_registry_settings(std::filesystem::read_symlink("/proc/self/exe"), {}, {});
  settings.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  return {std::move(settings), core::Registry::Use::load};
}

/// The node as it would stand in a pipeline, its options bound.
core::GraphNode bind_node(const core::FoundPlugin& found, const std::string& plugin,
                          const std::string& target, const std::vector<std::string>& settings) {
  core::GraphNode node;
  node.name = node.plugin = plugin;
  node.type = found.type;
  node.description = std::make_shared<const core::NodeDescription>(core::merge_model(
      *found.description,
      core::parse_description(weir::detail::describe<core::HarnessDeclaration>())));
  const std::string text =
      "nodes: {model: {plugin: \"" + plugin + "\", target: [\"" + target + "\"], horizon: 12}}\n";
  std::vector<std::string> overrides;
  for (const std::string& setting : settings) overrides.push_back("model." + setting);
  core::config::Loaded loaded =
      core::config::load_pipeline_text("command line.yaml", text, {}, overrides);
  if (loaded.document.usable()) {
    const core::config::Entry* nodes = loaded.document.root.find("nodes");
    core::bind_options(nodes->value.entries.front(), node, loaded.problems);
  }
  if (loaded.problems.has_errors()) throw Error(loaded.problems.render(false));
  return node;
}

}  // namespace

const weir_host& plain_host() {
  static const weir_host host = make_host();
  return host;
}

Models::Models() : registry_(make_registry()), host_(plain_host(), core::model_finder(registry_)) {}

Models::Chosen Models::choose(const std::string& plugin, const std::string& target,
                              const std::vector<std::string>& settings) {
  const core::FoundPlugin found = registry_.find(plugin);
  if (!found.ok()) throw Error(found.problem + (found.hint.empty() ? "" : "; " + found.hint));
  if (found.description->kind != core::Kind::model) throw Error("'" + plugin + "' is no model");
  const auto node =
      std::make_shared<const core::GraphNode>(bind_node(found, plugin, target, settings));
  Chosen chosen;
  const core::OptionView view(node->options);
  weir::detail::read_options(chosen.options, view.data(), view.size());
  chosen.make = [this, node] {
    return std::make_unique<core::PluginModel>(*node->type, host_.host(), node->name,
                                               node->options);
  };
  return chosen;
}

void probe_libraries(const std::vector<std::string>& libraries) { core::run_probe(libraries); }

}  // namespace weir::bench
