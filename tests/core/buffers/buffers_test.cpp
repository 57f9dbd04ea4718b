// SPDX-License-Identifier: Apache-2.0
// Disk buffers in a running engine, on a real disk.
#include "core/buffers/buffers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "core/buffers/buffered_graph.hpp"
#include "core/delivery/posix_filesystem.hpp"
#include "core/runtime/engine.hpp"
#include "tests/core/runtime/runtime_testing.hpp"
#include "tests/support/program.hpp"

namespace weir::core::buffers {
namespace {

using runtime::count_up;
using runtime::Fake;
using runtime::Net;
using runtime::numbers;
using runtime::RunOptions;
using runtime::RunResult;
using runtime::simulated_run;
using runtime::start_time;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using Numbers = std::vector<std::int64_t>;

class BuffersTest : public ::testing::Test {
 protected:
  /// A source of batches of ten numbers, ended after `batches`.
  static runtime::Setup counting(std::size_t batches) {
    return [batches](Fake& fake) {
      fake.on_produce = [batches, next = std::size_t{0}](Emitter& out) mutable -> Next {
        if (next == batches) return End{};
        out.emit(0, numbers(static_cast<std::int64_t>(10 * next++), 10));
        return Again{};
      };
    };
  }
  /// A sink that stores what it has flushed, and fails as `flushing` says.
  static runtime::Setup storing(
      Numbers& stored, std::function<void()> flushing = [] {}) {
    return [&stored, flushing](Fake& fake) {
      auto taken = std::make_shared<Numbers>();
      fake.on_process = [taken](std::uint32_t, const Batch& batch, Emitter&) {
        runtime::append_numbers(batch, *taken);
      };
      fake.on_flush = [taken, flushing, &stored] {
        flushing();
        stored.insert(stored.end(), taken->begin(), taken->end());
        taken->clear();
      };
    };
  }
  GraphNode& buffered(GraphNode& sink) {
    sink.settings.buffer = BufferSettings{BufferSettings::Type::disk, Bytes{8 << 20}, {}};
    return sink;
  }
  RunResult run(const Net& net, RunOptions options = simulated_run(start_time, 1)) {
    Buffers buffers(folder_.path() / "buffers", disk_);
    runtime::Runner runner(with_buffers(net.graph()), buffers.factory(net.factory()),
                           std::move(options));
    RunResult result = runner.run();
    waiting_ = buffers.backlogs().at(0).statistics.waiting_rows;
    return result;
  }

  test::TemporaryFolder folder_;
  delivery::PosixFilesystem disk_;
  std::uint64_t waiting_ = 0;
};

TEST_F(BuffersTest, PassesAllOnInOrderAndEnds) {
  Numbers stored;
  Net net;
  net.source("source", counting(50));
  buffered(net.sink("store", {"source"}, storing(stored)));
  EXPECT_EQ(run(net).exit_code, 0);
  EXPECT_EQ(stored, count_up(0, 500));
  EXPECT_EQ(waiting_, 0U);
}

TEST_F(BuffersTest, OnThreadsToo) {
  Numbers stored;
  Net net;
  net.source("source", counting(2000));
  buffered(net.sink("store", {"source"}, storing(stored)));
  EXPECT_EQ(run(net, {}).exit_code, 0);
  EXPECT_EQ(stored, count_up(0, 20'000));
}

TEST_F(BuffersTest, AServerThatIsAwayLongerThanTheGraceIsLeftToTheNextRun) {
  Numbers stored;
  bool away = true;
  Net net;
  net.source("source", counting(20));
  buffered(net.sink("store", {"source"}, storing(stored, [&] {
                      if (away) throw RetryLater("connection refused");
                    })));
  const RunResult first = run(net);
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_THAT(first.reasons, Contains(HasSubstr("next run")));
  EXPECT_TRUE(stored.empty());
  EXPECT_EQ(waiting_, 200U);

  away = false;
  Net again;
  again.source("source", counting(0));
  buffered(again.sink("store", {"source"}, storing(stored)));
  EXPECT_EQ(run(again).exit_code, 0);
  EXPECT_EQ(stored, count_up(0, 200));
  EXPECT_EQ(waiting_, 0U);
}

TEST_F(BuffersTest, AHealthySinkDoesNotWaitForASickOne) {
  Numbers stored;
  Numbers never;
  std::size_t healthy_when_sick_was_asked = 0;
  Net net;
  net.source("source", counting(3000));
  GraphNode& sick = buffered(net.sink("sick", {"source"}, storing(never, [&] {
                                        healthy_when_sick_was_asked = stored.size();
                                        throw RetryLater("away");
                                      })));
  sick.settings.queue = Bytes{1024};
  net.sink("healthy", {"source"}, storing(stored));
  (void)run(net);
  EXPECT_EQ(stored, count_up(0, 30'000));
  EXPECT_EQ(healthy_when_sick_was_asked, 30'000U) << "it was given up only after the others' end";
  EXPECT_EQ(waiting_, 30'000U);
}

TEST_F(BuffersTest, OfASinkThatFailedForGoodAllIsKept) {
  Numbers stored;
  Net net;
  net.source("source", counting(10));
  buffered(net.sink("store", {"source"}, storing(stored, [] { throw Fatal("wrong password"); })));
  net.sink("other", {"source"}, [](Fake&) {});
  EXPECT_EQ(run(net).exit_code, 1);
  EXPECT_EQ(waiting_, 100U);
}

TEST_F(BuffersTest, OneThatIsFullForASinkThatFailedForGoodHoldsUpNoOther) {
  Numbers stored;
  Numbers others;
  Net net;
  net.source("source", counting(200));
  GraphNode& store = buffered(
      net.sink("store", {"source"}, storing(stored, [] { throw Fatal("wrong password"); })));
  store.settings.buffer->max_size = Bytes{4096};
  store.settings.queue = Bytes{1024};
  net.sink("other", {"source"}, storing(others));
  const RunResult result = run(net);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(others, count_up(0, 2000));
  const auto& buffer = result.stats.nodes[1];
  EXPECT_THAT(buffer.failure, HasSubstr("mend the sink"));
  EXPECT_GT(waiting_, 0U);
  EXPECT_EQ(waiting_ + buffer.rejected_rows + buffer.discarded_rows, 2000U);
}

TEST_F(BuffersTest, RejectedRowsAreKeptAsideAndTheRestGoesOn) {
  Numbers stored;
  Net net;
  net.source("source", counting(5));
  buffered(net.sink("store", {"source"}, [&](Fake& fake) {
    fake.on_process = [&](std::uint32_t, const Batch& batch, Emitter&) {
      if (batch.column("value").integers()[0] == 20) throw Rejected("no such column");
      runtime::append_numbers(batch, stored);
    };
  }));
  const RunResult result = run(net);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(stored, SizeIs(40));
  EXPECT_EQ(result.stats.nodes.back().rejected_rows, 10U);
  EXPECT_EQ(waiting_, 0U);
}

TEST_F(BuffersTest, AStopLeavesTheRestOnDisk) {
  Numbers stored;
  Net net;
  net.source("source", [](Fake& fake) {
    fake.on_produce = [next = 0](Emitter& out) mutable -> Next {
      if (next == 200) return Wait{Timestamp::max(), -1};
      out.emit(0, numbers(10 * next++, 10));
      return Again{};
    };
  });
  buffered(net.sink("store", {"source"}, storing(stored, [] { throw RetryLater("away"); })));
  Buffers buffers(folder_.path() / "buffers", disk_);
  RunOptions options;
  options.grace = std::chrono::minutes{2};
  runtime::Runner runner(with_buffers(net.graph()), buffers.factory(net.factory()), options);
  std::thread stopper([&] {
    while (runner.snapshot().nodes[1].rows_in < 2000)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    runner.request_stop();
  });
  const RunResult result = runner.run();
  stopper.join();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(buffers.backlogs().at(0).statistics.waiting_rows, 2000U);
  EXPECT_TRUE(stored.empty());
}

// Rows that are stored right after the position was, and nothing after them: it must still move, or
// a full buffer never has room again.
TEST_F(BuffersTest, AFullOneHasRoomAgainWheneverItsRowsAreStored) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Numbers stored;
    int flushes = 0;
    Net net;
    net.source("source", counting(60));
    GraphNode& sink = buffered(net.sink("store", {"source"}, storing(stored, [&flushes] {
                                          if (++flushes < 6) throw RetryLater("away");
                                        })));
    sink.settings.buffer->max_size = Bytes{4096};
    sink.settings.queue = Bytes{700};
    sink.settings.flush_interval = std::chrono::milliseconds{50};
    RunOptions options = simulated_run(start_time, seed);
    runtime::Runner* running = nullptr;
    options.trace = [&, calls = 0](const runtime::TraceEvent&) mutable {
      if (++calls % 10'000 == 0) running->request_stop();  // it hangs
    };
    const test::TemporaryFolder folder;
    Buffers buffers(folder.path(), disk_);
    runtime::Runner runner(with_buffers(net.graph()), buffers.factory(net.factory()), options);
    running = &runner;
    EXPECT_EQ(runner.run().exit_code, 0) << "seed " << seed;
    EXPECT_EQ(stored, count_up(0, 600)) << "seed " << seed;
  }
}

TEST_F(BuffersTest, RowsOfAnInputThatTheSinkHasNoMoreAreStoredToo) {
  Numbers stored;
  Net before;
  before.source("a", counting(2));
  before.source("b", counting(3));
  buffered(before.sink("store", {"a", "b"}, storing(stored, [] { throw RetryLater("away"); })));
  (void)run(before);
  EXPECT_EQ(waiting_, 50U);
  Net after;
  after.source("a", counting(0));
  buffered(after.sink("store", {"a"}, storing(stored)));
  EXPECT_EQ(run(after).exit_code, 0);
  EXPECT_THAT(stored, SizeIs(50));
  EXPECT_EQ(waiting_, 0U);
}

TEST_F(BuffersTest, ASinkThatIsMadeAnewGoesOnToReadItsBuffer) {
  std::atomic<std::int64_t> given{0};
  std::atomic<std::int64_t> stored{0};
  const auto net = [&](std::vector<std::string> inputs) {
    Net of;
    for (const char* name : {"a", "b"}) {
      of.source(name, [&given](Fake& fake) {
        fake.on_produce = [&given, &fake](Emitter& out) -> Next {
          out.emit(0, numbers(given++, 1));
          return Wait{runtime::now(fake) + std::chrono::milliseconds{1}};
        };
      });
    }
    buffered(of.sink("store", inputs, [&stored](Fake& fake) {
      fake.on_process = [&stored](std::uint32_t, const Batch& batch, Emitter&) {
        stored += static_cast<std::int64_t>(batch.rows());
      };
    }));
    return of;
  };
  const Net before = net({"a"});
  const Net after = net({"b", "a"});
  Buffers buffers(folder_.path() / "buffers", disk_);
  runtime::Runner runner(with_buffers(before.graph()), buffers.factory(before.factory()), {});
  std::thread other([&] {
    EXPECT_TRUE(runtime::eventually([&] { return stored > 10; }));
    runner.request_reload(with_buffers(after.graph()), buffers.factory(after.factory()));
    EXPECT_TRUE(runtime::eventually(
        [&] { return runtime::compare(runner.graph(), with_buffers(after.graph())).empty(); }));
    const std::int64_t until_now = stored;
    EXPECT_TRUE(runtime::eventually([&] { return stored > until_now + 100; }));
    runner.request_stop();
  });
  (void)runner.run();
  other.join();
  EXPECT_EQ(buffers.backlogs().at(0).statistics.waiting_rows, 0U);
}

TEST_F(BuffersTest, ASinkWhoseSettingsChangeWhileItIsAwayLeavesNothingBehind) {
  std::atomic<bool> back{false};
  std::atomic<std::int64_t> given{0};
  std::atomic<std::int64_t> seen{0};
  const auto net = [&](Duration flush_interval) {
    Net of;
    of.source("source", [&](Fake& fake) {
      fake.on_produce = [&given, &back, &fake](Emitter& out) -> Next {
        if (back) return End{};
        out.emit(0, numbers(given++, 1));
        return Wait{runtime::now(fake) + std::chrono::milliseconds{1}};
      };
    });
    GraphNode& store = buffered(of.sink("store", {"source"}, [&](Fake& fake) {
      fake.on_process = [&seen](std::uint32_t, const Batch&, Emitter&) { ++seen; };
      fake.on_flush = [&back] {
        if (!back) throw RetryLater("away", std::chrono::milliseconds{20});
      };
    }));
    store.settings.flush_interval = flush_interval;
    return of;
  };
  const Net before = net(std::chrono::milliseconds{50});
  const Net after = net(std::chrono::milliseconds{60});
  Buffers buffers(folder_.path() / "buffers", disk_);
  runtime::Runner runner(with_buffers(before.graph()), buffers.factory(before.factory()), {});
  std::thread other([&] {
    EXPECT_TRUE(runtime::eventually([&] { return seen > 0 && given > 50; }));
    runner.request_reload(with_buffers(after.graph()), buffers.factory(after.factory()));
    EXPECT_TRUE(runtime::eventually(
        [&] { return runtime::compare(runner.graph(), with_buffers(after.graph())).empty(); }));
    const std::int64_t until_now = given;
    EXPECT_TRUE(runtime::eventually([&] { return given > until_now + 50; }));
    back = true;
  });
  EXPECT_EQ(runner.run().exit_code, 0);
  other.join();
  EXPECT_EQ(buffers.backlogs().at(0).statistics.waiting_rows, 0U);
}

/// A row a millisecond, to a sink that fails for good until it is mended, and to another.
class FailedForGood : public BuffersTest {
 protected:
  Net net(bool mended, Bytes max_size) {
    Net of;
    of.source("source", [this](Fake& fake) {
      fake.on_produce = [this, &fake](Emitter& out) -> Next {
        out.emit(0, numbers(given_++, 1));
        return Wait{runtime::now(fake) + std::chrono::milliseconds{1}};
      };
    });
    of.sink("other", {"source"}, [](Fake&) {});
    GraphNode& store = buffered(of.sink("store", {"source"}, [this, mended](Fake& fake) {
      fake.on_process = [this, mended](std::uint32_t, const Batch& batch, Emitter&) {
        if (!mended) throw Fatal("the password is wrong");
        stored_ += static_cast<std::int64_t>(batch.rows());
      };
    }));
    store.settings.buffer->max_size = max_size;
    store.settings.buffer->when_full = when_full_;
    store.options.push_back({"mended", OptionValue{mended}});
    return of;
  }
  /// Mends the sink when `ready` says so; ends when it stores.
  RunResult run_and_mend(Bytes max_size,
                         const std::function<bool(const runtime::Snapshot&)>& ready) {
    const Net before = net(false, max_size);
    const Net after = net(true, max_size);
    Buffers buffers(folder_.path() / "buffers", disk_);
    RunOptions options;
    options.grace = std::chrono::minutes{2};
    runtime::Runner runner(with_buffers(before.graph()), buffers.factory(before.factory()),
                           options);
    std::thread other([&] {
      EXPECT_TRUE(runtime::eventually([&] { return ready(runner.snapshot()); }));
      runner.request_reload(with_buffers(after.graph()), buffers.factory(after.factory()));
      EXPECT_TRUE(runtime::eventually([&] { return stored_ > 100; }));
      runner.request_stop();
    });
    RunResult result = runner.run();
    other.join();
    waiting_ = buffers.backlogs().at(0).statistics.waiting_rows;
    return result;
  }

  WhenFull when_full_ = WhenFull::block;
  std::atomic<std::int64_t> given_{0};
  std::atomic<std::int64_t> stored_{0};
};

TEST_F(FailedForGood, IsMendedByAReload) {
  (void)run_and_mend(Bytes{8 << 20}, [](const runtime::Snapshot& seen) {
    return seen.nodes[4].state == "failed" && seen.nodes[3].state == "finished";
  });
  EXPECT_EQ(stored_, given_) << "also what came while it was down";
  EXPECT_EQ(waiting_, 0U);
}

TEST_F(FailedForGood, ABufferThatWasFullIsMendedWithIt) {
  const RunResult result = run_and_mend(Bytes{64 << 10}, [](const runtime::Snapshot& seen) {
    return seen.nodes[2].state == "failed";
  });
  const auto& buffer = result.stats.nodes[2];
  EXPECT_EQ(buffer.failure, "");
  EXPECT_GT(buffer.rejected_rows + buffer.discarded_rows, 0U) << "for which there was no room";
  EXPECT_EQ(static_cast<std::uint64_t>(stored_) + buffer.rejected_rows + buffer.discarded_rows,
            static_cast<std::uint64_t>(given_));
  EXPECT_EQ(waiting_, 0U);
}

TEST_F(FailedForGood, ABufferThatMayDropDropsAndGoesOn) {
  when_full_ = WhenFull::drop_oldest;
  const RunResult result = run_and_mend(Bytes{64 << 10}, [](const runtime::Snapshot& seen) {
    const auto dropped = seen.nodes[2].counters.find("dropped_rows");
    return dropped != seen.nodes[2].counters.end() && dropped->second > 100;
  });
  EXPECT_EQ(result.stats.nodes[2].failure, "");
  EXPECT_EQ(result.stats.nodes[2].rejected_rows, 0U);
}

}  // namespace
}  // namespace weir::core::buffers
