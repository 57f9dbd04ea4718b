// SPDX-License-Identifier: Apache-2.0
#include "core/graph/render.hpp"

#include <gtest/gtest.h>

#include "shelf.hpp"

namespace weir::core::testing {
namespace {

Graph diamond() {
  return bind_text(
             "nodes:\n"
             "  ping: {plugin: ping-source, targets: [a]}\n"
             "  scale: {plugin: scaler, inputs: [ping]}\n"
             "  join: {plugin: joiner, inputs: [ping, scale]}\n"
             "  store: {plugin: store, path: x, inputs: [join, join.late]}\n")
      .graph;
}

TEST(Render, Tree) {
  EXPECT_EQ(to_text_tree(diamond()),
            "ping (ping-source)\n"
            "├─ out: scale (scaler)\n"
            "│  └─ join (joiner)\n"
            "│     ├─ out: store (store)\n"
            "│     └─ late: store (see above)\n"
            "└─ out: join (see above)\n");
}

TEST(Render, Dot) {
  const std::string dot = to_dot(diamond());
  EXPECT_EQ(dot.find("digraph \"p\" {\n"), 0U);
  EXPECT_NE(dot.find("  \"ping\" [shape=invhouse, label=\"ping\\nping-source\"];\n"),
            std::string::npos)
      << dot;
  EXPECT_NE(dot.find("  \"join\" -> \"store\" [label=\"late\"];\n"), std::string::npos) << dot;
}

TEST(Render, Mermaid) {
  EXPECT_EQ(to_mermaid(diamond()),
            "flowchart LR\n"
            "  n0[\"ping<br/>ping-source\"]\n"
            "  n1[\"scale<br/>scaler\"]\n"
            "  n2[\"join<br/>joiner\"]\n"
            "  n3[\"store<br/>store\"]\n"
            "  n0 -->|\"out\"| n1\n"
            "  n0 -->|\"out\"| n2\n"
            "  n1 --> n2\n"
            "  n2 -->|\"out\"| n3\n"
            "  n2 -->|\"late\"| n3\n");
}

// Binding refuses such names; a picture must not depend on it.
TEST(Render, NamesAreOnlyText) {
  Graph graph;
  GraphNode node;
  node.name = "a\"]; evil [label=\"\\";
  node.plugin = "<b>\x1b[2J|#";
  graph.nodes.push_back(node);
  EXPECT_EQ(to_text_tree(graph), "a\"]; evil [label=\"\\ (<b> [2J|#)\n");
  EXPECT_NE(to_dot(graph).find("\"a\\\"]; evil [label=\\\"\\\\\" [shape="), std::string::npos)
      << to_dot(graph);
  EXPECT_EQ(to_mermaid(graph),
            "flowchart LR\n  n0[\"a#quot;]; evil [label=#quot;\\<br/>#lt;b#gt; [2J#124;#35;\"]\n");
}

}  // namespace
}  // namespace weir::core::testing
