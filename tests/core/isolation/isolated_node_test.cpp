// SPDX-License-Identifier: Apache-2.0
// Tokens and state of a node in a process of its own.
#include "core/isolation/isolated_node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/plugin/library.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

struct Tokens final : Emitter {
  void emit(std::uint32_t, Batch) override { seen.push_back(0); }
  void emit_tracked(std::uint32_t, Batch, std::uint64_t token) override { seen.push_back(token); }
  void wake_at(Timestamp) override {}
  std::vector<std::uint64_t> seen;
};

weir_host quiet_host() {
  weir_host host{};
  host.size = sizeof host;
  host.now = [](void*) -> std::int64_t { return 0; };
  host.monotonic = host.now;
  host.stopping = [](void*) -> std::int32_t { return 0; };
  host.log = [](void*, std::int32_t, const char*, std::size_t) {};
  host.count = [](void*, const char*, std::uint64_t) {};
  host.wait_until = [](void*, std::int64_t) -> std::int32_t { return 1; };
  host.query = [](void*, const char*) -> const void* { return nullptr; };
  return host;
}

class IsolatedNodeTest : public ::testing::Test {
 protected:
  std::unique_ptr<NodeInstance> make(const std::string& plugin) {
    const NodeType& type = *library_.find(plugin);
    GraphNode node;
    node.name = "node";
    node.plugin = plugin;
    node.library = path_;
    node.type = type.type;
    node.description = type.description;
    auto made = create_isolated_node(node, host_, {}, {}, {WEIR_BUILD_DIR "/bin/weir"});
    // The engine may put another graph in the place of this one.
    node = {};
    made->open();
    return made;
  }

  std::string path_ = KEEPING_PLUGIN;
  Library library_ = load_library(path_);
  weir_host host_ = quiet_host();
};

TEST_F(IsolatedNodeTest, ItsBatchesCarryTheirTokens) {
  const auto pages = make("pages");
  Tokens out;
  (void)pages->produce(out);
  (void)pages->produce(out);
  EXPECT_THAT(out.seen, ElementsAre(1U, 2U));
}

TEST_F(IsolatedNodeTest, ItIsToldItsTokensAlsoAfterItsEnd) {
  const auto pages = make("pages");
  EXPECT_TRUE(pages->takes_acknowledgements());
  Tokens out;
  pages->acknowledge(std::vector<std::uint64_t>{4, 2});
  pages->finish(Reason::ended, out);
  pages->acknowledge(std::vector<std::uint64_t>{5});
  EXPECT_THAT(pages->save_state(), HasSubstr("5"));
}

TEST_F(IsolatedNodeTest, WhatItKeepsGoesOverToTheNextProcess) {
  std::string state;
  {
    const auto first = make("pages");
    EXPECT_EQ(first->state_version(), 3U);
    // More than a message holds, so that it travels in sealed memory.
    first->acknowledge(std::vector<std::uint64_t>{1000});
    state = first->save_state();
    EXPECT_EQ(state.size(), 4U + 100'000U);
  }
  const auto second = make("pages");
  second->load_state(3, state);
  Tokens out;
  (void)second->produce(out);
  EXPECT_THAT(out.seen, ElementsAre(1001U));
}

TEST_F(IsolatedNodeTest, WhatItRefusesIsAnErrorAndItGoesOn) {
  const auto pages = make("pages");
  EXPECT_THAT([&] { pages->load_state(2, "1"); }, ThrowsMessage<Error>(HasSubstr("version 2")));
  EXPECT_THAT([&] { pages->acknowledge(std::vector<std::uint64_t>{0}); },
              ThrowsMessage<Error>(HasSubstr("page 0")));
  Tokens out;
  (void)pages->produce(out);
  EXPECT_THAT(out.seen, ElementsAre(1U));
}

TEST_F(IsolatedNodeTest, ACrashWhileItIsToldIsACrash) {
  const auto pages = make("pages");
  EXPECT_THAT([&] { pages->acknowledge(std::vector<std::uint64_t>{13}); },
              ThrowsMessage<NodeCrashed>(HasSubstr("in acknowledge()")));
}

TEST_F(IsolatedNodeTest, OneThatHasNeitherIsNotAsked) {
  const auto plain = make("plain");
  EXPECT_FALSE(plain->takes_acknowledgements());
  EXPECT_EQ(plain->state_version(), 0U);
  EXPECT_EQ(plain->save_state(), "");
  plain->load_state(1, "x");
  plain->acknowledge(std::vector<std::uint64_t>{1});
}

}  // namespace
}  // namespace weir::core
