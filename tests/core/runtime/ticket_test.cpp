// SPDX-License-Identifier: Apache-2.0
// Which rows a source hears of as stored, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/runtime/ticket.hpp"
#include "runtime_testing.hpp"

namespace weir::core::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Tokens = std::vector<std::uint64_t>;

TEST(Ticket, SettlesWhenTheLastHolderLetsGo) {
  TicketBook book;
  auto first = book.issue(7);
  const auto second = first;
  EXPECT_EQ(book.open(), 1U);
  first.reset();
  EXPECT_FALSE(book.has_settled());
  (void)book.issue(8);
  EXPECT_EQ(book.take_settled(), Tokens{8});
  EXPECT_FALSE(book.has_settled()) << "taken once";
}

TEST(Ticket, ForfeitedNeverSettles) {
  TicketBook book;
  {
    const auto lost = book.issue(1);
    const auto stored = book.issue(2);
    lost->forfeit();
  }
  EXPECT_EQ(book.take_settled(), Tokens{2});
  EXPECT_EQ(book.open(), 0U);
}

TEST(Ticket, OfAHoldingNodeKeepsAllThatCameIn) {
  TicketBook book;
  auto held = std::make_shared<HeldTicket>();
  held->add({book.issue(1)});
  const Tickets emitted{held};
  held->add({book.issue(2)});
  held.reset();
  EXPECT_FALSE(book.has_settled());
  emitted.front()->forfeit();
  EXPECT_EQ(book.open(), 2U);
}

// A source of batches numbered from 1, each of one row, that hears of them.
struct Told {
  Tokens tokens;
  bool after_end = false;
};

Setup numbered(std::uint64_t count, Told& told) {
  return [count, &told](Fake& fake) {
    fake.listens = true;
    fake.on_produce = [count, next = std::uint64_t{0}](Emitter& out) mutable -> Next {
      if (next == count) return End{};
      ++next;
      out.emit_tracked(0, numbers(static_cast<std::int64_t>(next), 1), next);
      return Again{};
    };
    fake.on_acknowledge = [&told](std::span<const std::uint64_t> tokens) {
      told.tokens.insert(told.tokens.end(), tokens.begin(), tokens.end());
    };
  };
}

TEST(Acknowledge, WhenEverySinkHasFlushed) {
  Told told;
  bool retried = false;
  Net net;
  net.source("source", numbered(3, told));
  net.sink("quick", {"source"}, [](Fake&) {});
  net.sink("slow", {"source"}, [&](Fake& fake) {
    fake.on_flush = [&, tries = 0]() mutable {
      if (++tries >= 3) return;
      EXPECT_THAT(told.tokens, IsEmpty()) << "nothing is stored by both yet";
      retried = true;
      throw RetryLater("away");
    };
  });
  EXPECT_EQ(net.run(simulated_run(start_time, 3)).exit_code, 0);
  EXPECT_TRUE(retried);
  EXPECT_THAT(told.tokens, UnorderedElementsAre(1, 2, 3));
}

TEST(Acknowledge, RowsThatATransformLetsGoAreDone) {
  Told told;
  Net net;
  net.source("source", numbered(4, told));
  net.transform("odd", {"source"}, [](Fake& fake) {
    fake.on_process = [](std::uint32_t, const Batch& batch, Emitter& out) {
      if (batch.column("value").integers()[0] % 2 == 1) out.emit(0, batch);
    };
  });
  net.sink("sink", {"odd"}, [](Fake&) {});
  EXPECT_EQ(net.run(simulated_run(start_time, 1)).exit_code, 0);
  EXPECT_THAT(told.tokens, UnorderedElementsAre(1, 2, 3, 4));
}

TEST(Acknowledge, AHoldingNodeOwesUntilItsEnd) {
  Told told;
  std::size_t heard_before_end = 0;
  Net net;
  net.source("source", numbered(5, told));
  GraphNode& sums = net.transform("sums", {"source"}, [&](Fake& fake) {
    auto sum = std::make_shared<std::int64_t>(0);
    fake.on_process = [sum](std::uint32_t, const Batch& batch, Emitter& out) {
      *sum += batch.column("value").integers()[0];
      out.emit(0, numbers(*sum, 1));
    };
    fake.on_finish = [&, sum](Reason, Emitter& out) {
      heard_before_end = told.tokens.size();
      out.emit(0, numbers(100 + *sum, 1));
    };
  });
  auto description = std::make_shared<NodeDescription>(*sums.description);
  description->holds = true;
  sums.description = description;
  net.sink("sink", {"sums"}, [](Fake&) {});
  EXPECT_EQ(net.run(simulated_run(start_time, 1)).exit_code, 0);
  EXPECT_EQ(heard_before_end, 0U);
  EXPECT_THAT(told.tokens, UnorderedElementsAre(1, 2, 3, 4, 5));
}

TEST(Acknowledge, WhatADeadSinkWasToGetIsAskedForAgain) {
  Told told;
  Net net;
  net.source("source", numbered(6, told));
  net.sink("good", {"source"}, [](Fake&) {});
  net.sink("bad", {"source"},
           [](Fake& fake) { fake.on_flush = [] { throw Fatal("wrong password"); }; });
  const RunResult result = net.run(simulated_run(start_time, 1));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(told.tokens, IsEmpty());
  EXPECT_EQ(result.stats.nodes[2].discarded_rows, 6U);
  EXPECT_EQ(result.stats.nodes[2].rejected_rows, 0U) << "no dead letters: the source has the rows";
}

TEST(Acknowledge, RejectedRowsAreKeptAsideAndDone) {
  Told told;
  Net net;
  net.source("source", numbered(3, told));
  net.sink("sink", {"source"}, [](Fake& fake) {
    fake.on_process = [](std::uint32_t, const Batch& batch, Emitter&) {
      if (batch.column("value").integers()[0] == 2) throw Rejected("no such column");
    };
  });
  const RunResult result = net.run(simulated_run(start_time, 1));
  EXPECT_EQ(result.stats.nodes[1].rejected_rows, 1U);
  EXPECT_THAT(told.tokens, UnorderedElementsAre(1, 2, 3));
}

TEST(Acknowledge, OnThreadsTooAndAlsoAfterTheEndOfTheSource) {
  Told told;
  Net net;
  net.source("source", numbered(500, told));
  net.transform("same", {"source"});
  net.sink("sink", {"same"}, [](Fake&) {});
  EXPECT_EQ(net.run({}).exit_code, 0);
  std::sort(told.tokens.begin(), told.tokens.end());
  ASSERT_EQ(told.tokens.size(), 500U);
  EXPECT_EQ(told.tokens.front(), 1U);
  EXPECT_EQ(told.tokens.back(), 500U);
}

TEST(Acknowledge, AFailureOfItStopsNothing) {
  Told told;
  Net net;
  net.source("source", [&](Fake& fake) {
    numbered(3, told)(fake);
    fake.on_acknowledge = [](std::span<const std::uint64_t>) { throw Error("disk full"); };
  });
  net.sink("sink", {"source"}, [](Fake&) {});
  EXPECT_EQ(net.run(simulated_run(start_time, 1)).exit_code, 0);
}

TEST(Acknowledge, ABatchWithoutARowIsStoredAtOnce) {
  Told told;
  Net net;
  net.source("source", [&](Fake& fake) {
    numbered(2, told)(fake);
    fake.on_produce = [given = false](Emitter& out) mutable -> Next {
      if (std::exchange(given, true)) return End{};
      out.emit_tracked(0, numbers(0, 0), 9);
      return Again{};
    };
  });
  net.sink("sink", {"source"}, [](Fake&) {});
  EXPECT_EQ(net.run(simulated_run(start_time, 1)).exit_code, 0);
  EXPECT_THAT(told.tokens, ElementsAre(9));
}

// An instance may count from 1 again: what the one before it gave is not what it gives.
TEST(Acknowledge, AnInstanceHearsOnlyOfItsOwnTokens) {
  int made = 0;
  std::vector<std::pair<int, std::uint64_t>> told;
  bool away = true;
  Net net;
  net.source("source", [&](Fake& fake) {
    const int instance = ++made;
    fake.listens = true;
    fake.on_produce = [&, instance, given = 0](Emitter& out) mutable -> Next {
      if (instance == 1 && given == 1) throw Error("once");
      if (given++ == 1) {
        away = false;
        return End{};
      }
      out.emit_tracked(0, numbers(instance, 1), static_cast<std::uint64_t>(instance));
      return Again{};
    };
    fake.on_acknowledge = [&, instance](std::span<const std::uint64_t> tokens) {
      for (const std::uint64_t token : tokens) told.emplace_back(instance, token);
    };
  });
  net.sink("sink", {"source"}, [&](Fake& fake) {
    fake.on_flush = [&] {
      if (away) throw RetryLater("away");
    };
  });
  EXPECT_EQ(net.run(simulated_run(start_time, 1)).exit_code, 0);
  EXPECT_EQ(made, 2);
  EXPECT_THAT(told, ElementsAre(std::pair<int, std::uint64_t>{2, 2U}));
}

}  // namespace
}  // namespace weir::core::runtime
