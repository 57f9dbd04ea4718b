// SPDX-License-Identifier: Apache-2.0
// Tokens, acknowledgements and state, through the C functions that the engine calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/testing.hpp>

namespace weir {
namespace {

using testing::batch;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Pages {
  static constexpr auto name = "pages", summary = "Gives numbered pages.";
  static constexpr std::uint32_t state_version = 3;
  Next produce(Output& output) {
    ++page;
    output.emit(batch("page", {static_cast<double>(page)}), {}, page);
    return Again{};
  }
  void acknowledge(std::span<const std::uint64_t> tokens) {
    for (const std::uint64_t token : tokens) stored = std::max(stored, token);
  }
  [[nodiscard]] std::string save_state() const { return std::to_string(stored); }
  void load_state(std::uint32_t version, std::string_view bytes) {
    if (version != state_version) throw Error("version " + std::to_string(version) + " is unknown");
    stored = page = std::stoull(std::string(bytes));
  }
  std::uint64_t page = 0;
  std::uint64_t stored = 0;
};

TEST(Tokens, GoOutWithTheirBatches) {
  Bench<Pages> bench;
  (void)bench.produce();
  (void)bench.produce();
  EXPECT_THAT(bench.take_tokens(), ElementsAre(1U, 2U));
  bench.acknowledge({2, 1});
  EXPECT_EQ(bench.node().stored, 2U);
}

TEST(State, GoesOverToTheNextInstance) {
  Bench<Pages> first;
  first.acknowledge({5});
  Bench<Pages> second;
  second.load_state(first.save_state());
  (void)second.produce();
  EXPECT_THAT(second.take(), ElementsAre(batch("page", {6})));
}

TEST(State, OfAnotherVersionIsRefusedByTheAuthor) {
  Bench<Pages> bench;
  EXPECT_THAT([&] { bench.load_state(2, "5"); },
              ::testing::ThrowsMessage<Error>(HasSubstr("version 2 is unknown")));
}

struct Plain {
  static constexpr auto name = "plain", summary = "Has neither.";
  Batch process(Batch rows) { return rows; }
};
struct Holding {
  static constexpr auto name = "holding", summary = "A full form.";
  void process(Input, Output&) {}
};
struct Immediate : Holding {
  static constexpr bool holds = false;
};

TEST(State, IsOffered) {
  const auto* type = detail::Adapter<Pages>::type();
  EXPECT_NE(type->query(WEIR_ACKNOWLEDGE_EXTENSION), nullptr);
  EXPECT_EQ(static_cast<const weir_state*>(type->query(WEIR_STATE_EXTENSION))->version, 3U);
  EXPECT_EQ(detail::Adapter<Plain>::type()->query(WEIR_STATE_EXTENSION), nullptr);
  EXPECT_EQ(detail::Adapter<Plain>::type()->query(WEIR_ACKNOWLEDGE_EXTENSION), nullptr);
}

TEST(Holds, FullFormsDoUnlessTheySayNot) {
  EXPECT_THAT(detail::describe<Plain>(), HasSubstr(R"("holds":false)"));
  EXPECT_THAT(detail::describe<Holding>(), HasSubstr(R"("holds":true)"));
  EXPECT_THAT(detail::describe<Immediate>(), HasSubstr(R"("holds":false)"));
}

// A plugin of ABI 1.1 gives a struct that ends before the token.
TEST(Tokens, OfASmallerStructAreNotRead) {
  weir_batch old{};
  old.size = offsetof(weir_batch, token);
  old.token = 77;
  EXPECT_EQ(OwnedBatch(old).raw().token, 0U);
}

}  // namespace
}  // namespace weir
