// SPDX-License-Identifier: Apache-2.0
#include "core/graph/render.hpp"

#include <set>
#include <string_view>
#include <vector>

namespace weir::core {
namespace {

/// An edge with the name of its port, which is worth showing unless it is the node's first.
struct Edge {
  std::size_t from;
  std::size_t to;
  std::string port;
};

std::string port_text(const Graph& graph, const GraphInput& input) {
  const auto& description = graph.nodes[input.node].description;
  if (description == nullptr || input.port >= description->outputs.size() ||
      description->outputs.size() == 1) {
    return {};
  }
  return description->outputs[input.port].name;
}

std::vector<Edge> edges_of(const Graph& graph) {
  std::vector<Edge> edges;
  for (std::size_t to = 0; to < graph.nodes.size(); ++to) {
    for (const GraphInput& input : graph.nodes[to].inputs) {
      edges.push_back({input.node, to, port_text(graph, input)});
    }
  }
  return edges;
}

/// Names come from a file: nothing of them may reach a terminal as a command.
std::string plain(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return out;
}

class Tree {
 public:
  explicit Tree(const Graph& graph) : graph_(graph), edges_(edges_of(graph)) {}

  std::string draw() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!graph_.nodes[i].inputs.empty()) continue;
      text_ += label(i) + "\n";
      drawn_.insert(i);
      children(i, "");
    }
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string label(std::size_t node) const {
    return plain(graph_.nodes[node].name) + " (" + plain(graph_.nodes[node].plugin) + ")";
  }

  // Recursion is as deep as the longest path; a file holds at most some ten thousand nodes.
  void children(std::size_t from, const std::string& margin) {
    std::vector<const Edge*> below;
    for (const Edge& edge : edges_) {
      if (edge.from == from) below.push_back(&edge);
    }
    for (std::size_t i = 0; i < below.size(); ++i) {
      const bool last = i + 1 == below.size();
      const std::size_t to = below[i]->to;
      const bool again = !drawn_.insert(to).second;
      text_ += margin + (last ? "└─ " : "├─ ");
      if (!below[i]->port.empty()) text_ += plain(below[i]->port) + ": ";
      text_ += again ? plain(graph_.nodes[to].name) + " (see above)\n" : label(to) + "\n";
      if (!again) children(to, margin + (last ? "   " : "│  "));
    }
  }

  const Graph& graph_;
  std::vector<Edge> edges_;
  std::set<std::size_t> drawn_;
  std::string text_;
};

std::string dot_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : plain(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string dot_shape(const GraphNode& node) {
  if (node.description == nullptr) return "box";
  switch (node.description->kind) {
    case Kind::source:
      return "invhouse";
    case Kind::model:
      return "hexagon";
    case Kind::sink:
      return "cylinder";
    case Kind::transform:
      break;
  }
  return "box";
}

/// Entities of Mermaid: what could end a label or begin HTML.
std::string mermaid_text(std::string_view text) {
  std::string out;
  for (const char c : plain(text)) {
    switch (c) {
      case '"':
        out += "#quot;";
        break;
      case '<':
        out += "#lt;";
        break;
      case '>':
        out += "#gt;";
        break;
      case '&':
        out += "#amp;";
        break;
      case '#':
        out += "#35;";
        break;
      case '|':
        out += "#124;";
        break;
      case '`':
        out += "#96;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string to_text_tree(const Graph& graph) { return Tree(graph).draw(); }

std::string to_dot(const Graph& graph) {
  std::string out = "digraph " + dot_quoted(graph.name) +
                    " {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n";
  for (const GraphNode& node : graph.nodes) {
    // dot_quoted escapes the backslash, so the line break is put in afterwards.
    std::string label = dot_quoted(node.name);
    label.pop_back();
    label += "\\n" + dot_quoted(node.plugin).substr(1);
    out +=
        "  " + dot_quoted(node.name) + " [shape=" + dot_shape(node) + ", label=" + label + "];\n";
  }
  for (const Edge& edge : edges_of(graph)) {
    out += "  " + dot_quoted(graph.nodes[edge.from].name) + " -> " +
           dot_quoted(graph.nodes[edge.to].name);
    if (!edge.port.empty()) out += " [label=" + dot_quoted(edge.port) + "]";
    out += ";\n";
  }
  return out + "}\n";
}

std::string to_mermaid(const Graph& graph) {
  std::string out = "flowchart LR\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    out += "  n" + std::to_string(i) + "[\"" + mermaid_text(graph.nodes[i].name) + "<br/>" +
           mermaid_text(graph.nodes[i].plugin) + "\"]\n";
  }
  for (const Edge& edge : edges_of(graph)) {
    out += "  n" + std::to_string(edge.from) + " -->" +
           (edge.port.empty() ? "" : "|\"" + mermaid_text(edge.port) + "\"|") + " n" +
           std::to_string(edge.to) + "\n";
  }
  return out;
}

}  // namespace weir::core
