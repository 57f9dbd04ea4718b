// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A shelf of described plugins, and a pipeline text bound against it.

#include <map>
#include <string>
#include <utility>

#include "core/config/load.hpp"
#include "core/graph/bind.hpp"

namespace weir::core::testing {

class Shelf final : public PluginLookup {
 public:
  void add(const std::string& json) {
    auto description = std::make_shared<const NodeDescription>(parse_description(json));
    plugins_[description->name] = description;
  }
  FoundPlugin find(const std::string& plugin) override {
    FoundPlugin found;
    const auto at = plugins_.find(plugin);
    if (at != plugins_.end()) {
      found.description = at->second;
    } else {
      found.problem = "there is no plugin '" + plugin + "'";
      found.hint = "searched /a, /b";
    }
    return found;
  }

 private:
  std::map<std::string, std::shared_ptr<const NodeDescription>> plugins_;
};

/// ping-source; scaler (one input); joiner (two or more, ports out and late); drift-model; store.
inline void fill(Shelf& shelf) {
  shelf.add(
      R"({"name":"ping-source","kind":"source","live":true,"outputs":[{"name":"out"},{"name":"rejected"}],
    "options":[{"name":"targets","doc":"Whom to ping","type":"list","items":{"type":"string"},"required":true,"minimum":1},
               {"name":"interval","type":"duration","minimum":1e7,"maximum":3.6e12}]})");
  shelf.add(
      R"({"name":"scaler","kind":"transform","inputs":{"min":1,"max":1},"outputs":[{"name":"out"}],
    "options":[{"name":"method","type":"enum","choices":["minmax","standard","robust"],"default":"minmax"},
               {"name":"old","type":"bool","deprecated":"method"}],
    "presets":[{"name":"seed","doc":"","options":{"method":"robust"}}]})");
  shelf.add(R"({"name":"joiner","kind":"transform","inputs":{"min":2,"order":"watermark"},
    "outputs":[{"name":"out"},{"name":"late"}],"options":[{"name":"idle_timeout","type":"duration"}]})");
  shelf.add(R"({"name":"drift-model","kind":"model","options":[]})");
  shelf.add(R"({"name":"store","kind":"sink","inputs":{"min":1},
    "options":[{"name":"path","type":"string","required":true},{"name":"token","type":"secret","minimum":8},
               {"name":"url","type":"url"},{"name":"directory","type":"string"}]})");
}

inline NodeDescription harness() {
  return parse_description(R"({"name":"model","kind":"model","inputs":{"min":1,"max":1},
    "outputs":[{"name":"forecast"},{"name":"training"}],
    "options":[{"name":"horizon","type":"integer","minimum":1,"maximum":100}]})");
}

struct Bound {
  Graph graph;
  config::Problems problems;
  [[nodiscard]] std::string text() const { return problems.render(); }
  [[nodiscard]] const GraphNode& node(const std::string& name) const {
    for (const GraphNode& node : graph.nodes) {
      if (node.name == name) return node;
    }
    throw std::out_of_range(name);
  }
};

inline Bound bind_text(const std::string& text, const std::string& file = "p.yaml",
                       const std::vector<std::string>& overrides = {}) {
  const config::Environment environment =
      [](const std::string& name) -> std::optional<std::string> {
    if (name == "TARGETS") return "10.0.0.1, 10.0.0.2";
    if (name == "TOKEN") return "hush";
    return std::nullopt;
  };
  config::Loaded loaded = config::load_pipeline_text(file, text, environment, overrides);
  Bound bound;
  bound.problems = std::move(loaded.problems);
  Shelf plugins;
  fill(plugins);
  bound.graph = bind(loaded.document, plugins, harness(), bound.problems);
  return bound;
}

}  // namespace weir::core::testing
