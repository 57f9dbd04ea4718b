// SPDX-License-Identifier: Apache-2.0
#include "core/graph/bind_edges.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "weir/ports.hpp"

namespace weir::core {
namespace {

using config::Entry;
using config::Node;
using config::Problems;

std::string list_of(const std::vector<std::string>& names, const char* none) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list.empty() ? none : list;
}

class EdgeBinder {
 public:
  EdgeBinder(const std::vector<const Entry*>& entries, Graph& graph, Problems& problems)
      : entries_(entries), graph_(graph), problems_(problems), places_(graph.nodes.size()) {}

  void run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) bind_inputs(i);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) check_count(i);
    check_outputs();
    sort();
  }

 private:
  void broken(const config::Place& place, std::string message, std::string hint) {
    problems_.error(place, std::move(message), std::move(hint));
  }

  void bind_inputs(std::size_t index) {
    const Entry* given = entries_[index]->value.find("inputs");
    if (given == nullptr || given->value.is_null()) return;
    if (given->value.reported) {
      unread_ = true;
      incomplete_.insert(index);
      return;
    }
    const NodeDescription* description = graph_.nodes[index].description.get();
    if (description != nullptr && description->max_inputs == 0) {
      broken(given->key_place, graph_.nodes[index].plugin + " is a source and takes no inputs",
             "remove the key");
      incomplete_.insert(index);
      return;
    }
    if (given->value.is_map()) {
      broken(given->value.place, "'inputs' needs a list of nodes, not a map",
             "such as [ping, grid.late]");
      incomplete_.insert(index);
      return;
    }
    const std::size_t before = problems_.all().size();
    const std::vector<Node> inputs =
        given->value.is_list() ? given->value.items : config::split_list(given->value, problems_);
    for (const Node& input : inputs) bind_input(index, input);
    if (problems_.all().size() != before) incomplete_.insert(index);
  }

  void bind_input(std::size_t index, const Node& input) {
    if (input.reported) {
      unread_ = true;
      incomplete_.insert(index);
      return;
    }
    if (!input.is_scalar()) {
      return broken(
          input.place,
          std::string("an input is the name of a node, not ") + config::kind_name(input.kind),
          "such as ping, or grid.late");
    }
    const std::string_view text = input.text;
    const std::string name(text.substr(0, text.find('.')));
    const auto from = find(name);
    if (!from) {
      std::vector<std::string> names;
      for (const GraphNode& node : graph_.nodes) names.push_back(node.name);
      if (const auto near = config::closest(name, names)) meant_.insert(*find(*near));
      return broken(input.place,
                    "there is no node '" + (input.original.empty() ? name : input.original) + "'",
                    config::did_you_mean(name, names, "there are: " + list_of(names, "none")));
    }
    meant_.insert(*from);
    const NodeDescription* description = graph_.nodes[*from].description.get();
    if (description == nullptr) {
      incomplete_.insert(index);
      return;
    }
    const auto port = port_of(
        *description, input, name,
        text.size() > name.size() ? std::optional(text.substr(name.size() + 1)) : std::nullopt);
    if (!port) return;
    if (*from == index)
      return broken(input.place, "node '" + name + "' feeds itself", "remove this input");
    auto& so_far = graph_.nodes[index].inputs;
    const bool twice = std::any_of(so_far.begin(), so_far.end(), [&](const GraphInput& other) {
      return other.node == *from && other.port == *port;
    });
    if (twice)
      return broken(input.place, "'" + input.text + "' feeds the node twice", "remove one");
    so_far.push_back({*from, *port});
    places_[index].push_back(input.place);
  }

  std::optional<std::uint32_t> port_of(const NodeDescription& from, const Node& input,
                                       const std::string& name,
                                       std::optional<std::string_view> port) {
    if (from.outputs.empty()) {
      broken(input.place,
             "node '" + name + "' is a " + std::string(to_string(from.kind)) + " and has no output",
             "take what feeds it instead");
      return std::nullopt;
    }
    if (!port) return 0;
    if (const auto found = from.output(*port)) return found;
    std::vector<std::string> ports;
    for (const PortDescription& known : from.outputs) ports.push_back(known.name);
    broken(input.place,
           "node '" + name + "' (" + from.name + ") has no port '" + std::string(*port) + "'",
           config::did_you_mean(*port, ports, "it has " + list_of(ports, "none")));
    return std::nullopt;
  }

  std::optional<std::size_t> find(std::string_view name) const {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].name == name) return i;
    }
    return std::nullopt;
  }

  void check_count(std::size_t index) {
    const GraphNode& node = graph_.nodes[index];
    if (node.description == nullptr || incomplete_.contains(index)) return;
    const std::size_t count = node.inputs.size();
    const std::size_t least = node.description->min_inputs;
    const std::size_t most = node.description->max_inputs;
    if (count >= least && count <= most) return;
    const Entry* given = entries_[index]->value.find("inputs");
    const config::Place& place = given != nullptr ? given->key_place : node.place;
    if (count == 0) {
      std::vector<std::string> others;
      for (const GraphNode& other : graph_.nodes) {
        if (&other != &node && other.description != nullptr &&
            !other.description->outputs.empty()) {
          others.push_back(other.name);
        }
      }
      problems_.error(
          place, "nothing feeds node '" + node.name + "'",
          "add `inputs: [...]`; there are: " + list_of(others, "no other nodes with an output"));
      return;
    }
    const bool few = count < least;
    problems_.error(place,
                    node.plugin + " takes at " + (few ? "least " : "most ") +
                        std::to_string(few ? least : most) +
                        ((few ? least : most) == 1 ? " input, not " : " inputs, not ") +
                        std::to_string(count),
                    "");
  }

  void check_outputs() {
    std::set<std::pair<std::size_t, std::uint32_t>> taken;
    for (const GraphNode& node : graph_.nodes) {
      for (const GraphInput& input : node.inputs) taken.emplace(input.node, input.port);
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const GraphNode& node = graph_.nodes[i];
      if (node.description == nullptr || node.description->kind == Kind::sink) continue;
      bool offers = false;
      bool used = false;
      for (std::uint32_t port = 0; port < node.description->outputs.size(); ++port) {
        if (node.description->outputs[port].name == rejected_port) continue;
        offers = true;
        used = used || taken.contains({i, port});
      }
      // Somebody meant it, but the edge was refused: that was said already.
      const bool meant = unread_ || (meant_.contains(i) && !only_rejected_rows(i, taken));
      if (offers && !used && !meant) {
        problems_.error(node.place, "the output of node '" + node.name + "' goes nowhere",
                        "add it to the `inputs` of a sink, or remove the node");
      }
    }
  }

  bool only_rejected_rows(std::size_t from,
                          const std::set<std::pair<std::size_t, std::uint32_t>>& taken) const {
    const auto rejected = graph_.nodes[from].description->output(rejected_port);
    return rejected && taken.contains({from, *rejected});
  }

  /// Kahn's algorithm, always the first of the file that is ready; what remains holds a cycle.
  void sort() {
    const std::size_t count = graph_.nodes.size();
    std::vector<std::size_t> order;
    std::vector<bool> done(count, false);
    while (order.size() < count) {
      std::size_t next = count;
      for (std::size_t i = 0; i < count && next == count; ++i) {
        const auto& inputs = graph_.nodes[i].inputs;
        const bool ready = std::all_of(inputs.begin(), inputs.end(),
                                       [&](const GraphInput& input) { return done[input.node]; });
        if (!done[i] && ready) next = i;
      }
      if (next == count) return report_cycles(done);
      done[next] = true;
      order.push_back(next);
    }
    apply(order);
  }

  void apply(const std::vector<std::size_t>& order) {
    std::vector<std::size_t> position(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
    std::vector<GraphNode> nodes;
    nodes.reserve(order.size());
    for (const std::size_t old : order) nodes.push_back(std::move(graph_.nodes[old]));
    for (GraphNode& node : nodes) {
      for (GraphInput& input : node.inputs) input.node = position[input.node];
    }
    graph_.nodes = std::move(nodes);
  }

  /// Walks back along inputs that are not done until a node comes again; each cycle is named once.
  void report_cycles(std::vector<bool>& done) {
    for (std::size_t start = 0; start < done.size(); ++start) {
      std::vector<std::size_t> path;
      std::size_t at = start;
      while (!done[at] && std::find(path.begin(), path.end(), at) == path.end()) {
        path.push_back(at);
        const auto& inputs = graph_.nodes[at].inputs;
        const auto open = std::find_if(inputs.begin(), inputs.end(),
                                       [&](const GraphInput& input) { return !done[input.node]; });
        if (open == inputs.end()) break;  // it only hangs below a circle that was named
        at = open->node;
        const auto first = std::find(path.begin(), path.end(), at);
        if (first != path.end()) report_cycle({first, path.end()});
      }
      for (const std::size_t seen : path) done[seen] = true;
    }
  }

  /// `back` lists nodes against the flow: each is fed by the next, the last by the first.
  void report_cycle(std::vector<std::size_t> back) {
    // Begins with the node that stands first in the file, so that the message does not jump about.
    std::rotate(back.begin(), std::min_element(back.begin(), back.end()), back.end());
    const GraphNode& first = graph_.nodes[back.front()];
    std::string path = first.name;
    for (std::size_t i = back.size(); i-- > 0;) path += " -> " + graph_.nodes[back[i]].name;
    const std::size_t feeder = back.size() > 1 ? back[1] : back[0];
    config::Place place = first.place;
    for (std::size_t i = 0; i < first.inputs.size(); ++i) {
      if (first.inputs[i].node == feeder) place = places_[back.front()][i];
    }
    problems_.error(place, "the nodes feed each other in a circle: " + path,
                    "remove one of these inputs");
  }

  const std::vector<const Entry*>& entries_;
  Graph& graph_;
  Problems& problems_;
  std::vector<std::vector<config::Place>> places_;  // of each input of each node
  std::set<std::size_t> incomplete_;                // nodes some of whose inputs were refused
  std::set<std::size_t> meant_;                     // nodes that some input names, also wrongly
  bool unread_ = false;  // an input could not be read at all: it may name any node
};

}  // namespace

void bind_edges(const std::vector<const Entry*>& entries, Graph& graph, Problems& problems) {
  EdgeBinder(entries, graph, problems).run();
}

}  // namespace weir::core
