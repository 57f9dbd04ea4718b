// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/secrets.hpp"

#include <gtest/gtest.h>

namespace weir::core {
namespace {

Graph graph_with(OptionValues values) {
  auto description = std::make_shared<NodeDescription>(parse_description(R"({
    "name": "all", "kind": "sink", "options": [
      {"name": "token", "type": "secret"}, {"name": "path", "type": "string"},
      {"name": "many", "type": "list", "items": {"type": "secret"}},
      {"name": "map", "type": "map", "items": {"type": "secret"}},
      {"name": "login", "type": "object", "options": [
        {"name": "user", "type": "string"}, {"name": "password", "type": "secret"}]}]})"));
  Graph graph;
  graph.nodes.emplace_back();
  graph.nodes.back().description = std::move(description);
  graph.nodes.back().options = std::move(values);
  return graph;
}

OptionValue text(const char* value) { return {std::string(value)}; }

TEST(Secrets, AreFoundHoweverDeep) {
  using List = OptionValue::List;
  using Map = OptionValue::Map;
  EXPECT_TRUE(holds_secrets(graph_with({{"token", text("x")}})));
  EXPECT_TRUE(holds_secrets(graph_with({{"many", {List{text("x")}}}})));
  EXPECT_TRUE(holds_secrets(graph_with({{"map", {Map{{"a", text("x")}}}}})));
  EXPECT_TRUE(holds_secrets(graph_with({{"login", {Map{{"password", text("x")}}}}})));
}

TEST(Secrets, WhatIsNoneIsNone) {
  using Map = OptionValue::Map;
  EXPECT_FALSE(holds_secrets(graph_with({})));
  EXPECT_FALSE(holds_secrets(graph_with({{"token", text("")}, {"path", text("x")}})));
  EXPECT_FALSE(holds_secrets(graph_with({{"login", {Map{{"user", text("x")}}}}})));
}

}  // namespace
}  // namespace weir::core
