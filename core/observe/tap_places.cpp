// SPDX-License-Identifier: Apache-2.0
#include "core/observe/tap_places.hpp"

#include <algorithm>

#include "core/config/problem.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

using Place = runtime::Tap::Place;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

const RunFacts::Node& find(const RunFacts& facts, const std::string& name) {
  std::vector<std::string> names;
  for (const RunFacts::Node& node : facts.nodes) {
    if (node.name == name) return node;
    names.push_back(node.name);
  }
  const auto near = config::closest(name, names);
  throw Error(facts.pipeline + " has no node '" + name + "'" +
              (near ? "; did you mean '" + *near + "'?" : "") + " (" + listed(names) + ")");
}

Place port_of(const RunFacts::Node& node, const std::string& port) {
  const auto at = std::find(node.outputs.begin(), node.outputs.end(), port);
  if (at == node.outputs.end()) {
    throw Error(node.name + " has no port '" + port + "'; it has " +
                (node.outputs.empty() ? "none, it is a " + node.kind : listed(node.outputs)));
  }
  return {node.name, static_cast<std::uint32_t>(at - node.outputs.begin())};
}

}  // namespace

std::vector<Place> places_of(const RunFacts& facts, const std::string& name,
                             const std::string& port) {
  const RunFacts::Node& node = find(facts, name);
  if (!port.empty()) return {port_of(node, port)};
  std::vector<Place> places;
  // A sink may have a port of its own (rejected), but what it takes in is what is meant.
  if (node.kind != "sink") {
    for (const std::string& output : node.outputs) places.push_back(port_of(node, output));
    return places;
  }
  for (const RunFacts::Input& input : node.inputs) {
    const RunFacts::Node& from = find(facts, input.node);
    places.push_back(port_of(from, input.port.empty() ? from.outputs.front() : input.port));
  }
  return places;
}

}  // namespace weir::core::observe
