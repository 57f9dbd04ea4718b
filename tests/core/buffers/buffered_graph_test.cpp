// SPDX-License-Identifier: Apache-2.0
#include "core/buffers/buffered_graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/runtime/runtime_testing.hpp"

namespace weir::core::buffers {
namespace {

using runtime::Fake;
using runtime::Net;
using ::testing::ElementsAre;

std::vector<std::string> names(const Graph& graph) {
  std::vector<std::string> all;
  for (const GraphNode& node : graph.nodes) all.push_back(node.name);
  return all;
}

TEST(BufferedGraph, PutsTwoNodesBeforeASinkAndLeavesTheRest) {
  Net net;
  net.source("ping", [](Fake&) {});
  net.source("card", [](Fake&) {});
  GraphNode& store = net.sink("store", {"ping", "card.late"}, [](Fake&) {});
  store.settings.buffer = BufferSettings{BufferSettings::Type::disk, Bytes{1 << 20}, {}};
  net.sink("file", {"ping"}, [](Fake&) {});
  const Graph graph = with_buffers(net.graph());

  EXPECT_THAT(names(graph),
              ElementsAre("ping", "card", "store.buffer", "store.replay", "store", "file"));
  const GraphNode& writer = graph.nodes[2];
  EXPECT_EQ(writer.role, NodeRole::buffer);
  ASSERT_EQ(writer.inputs.size(), 2U);
  EXPECT_EQ(writer.inputs[0].node, 0U);
  EXPECT_EQ(writer.inputs[1].node, 1U);
  EXPECT_EQ(writer.inputs[1].port, 2U);
  const GraphNode& reader = graph.nodes[3];
  EXPECT_EQ(reader.role, NodeRole::replay);
  EXPECT_TRUE(reader.inputs.empty());
  EXPECT_EQ(reader.description->outputs[1].name, "card.late");
  const GraphNode& sink = graph.nodes[4];
  ASSERT_EQ(sink.inputs.size(), 2U);
  EXPECT_EQ(sink.inputs[1].node, 3U);
  EXPECT_EQ(sink.inputs[1].port, 1U);
  EXPECT_EQ(graph.nodes[5].inputs[0].node, 0U);
}

TEST(BufferedGraph, TheBufferReadsInTheOrderThatTheSinkAsksFor) {
  Net net;
  net.source("ping", [](Fake&) {});
  net.source("card", [](Fake&) {});
  GraphNode& store = net.sink("store", {"ping", "card"}, [](Fake&) {});
  store.settings.buffer = BufferSettings{BufferSettings::Type::disk, Bytes{1 << 20}, {}};
  auto description = std::make_shared<NodeDescription>(*store.description);
  description->order = Order::watermark;
  store.description = description;
  const Graph graph = with_buffers(net.graph());
  EXPECT_EQ(graph.nodes[2].description->order, Order::watermark);
  EXPECT_EQ(graph.nodes[4].description->order, Order::any);
}

TEST(BufferedGraph, InMemoryNothingIsAdded) {
  Net net;
  net.source("ping", [](Fake&) {});
  net.sink("store", {"ping"}, [](Fake&) {}).settings.buffer = BufferSettings{};
  EXPECT_THAT(names(with_buffers(net.graph())), ElementsAre("ping", "store"));
}

}  // namespace
}  // namespace weir::core::buffers
