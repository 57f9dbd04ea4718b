// SPDX-License-Identifier: Apache-2.0
#include "resolver.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace weir::probing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Address address(const std::string& text) { return parse_address(text).value(); }

// Answers at once what the test says; nothing where it says nothing.
class FakeLookups final : public LookupService {
 public:
  using Answer = std::function<std::optional<Lookup>(const std::string& name)>;
  explicit FakeLookups(Answer answer) : answer_(std::move(answer)) {}

  void start(std::size_t id, const std::string& name, FamilyChoice) override {
    ++under_way_;
    most_under_way = std::max(most_under_way.load(), under_way_);
    if (auto lookup = answer_(name)) done_.push_back({id, std::move(*lookup)});
  }
  std::vector<Finished> wait(Nanos limit) override {
    std::unique_lock lock(mutex_);
    if (done_.empty()) woken_.wait_for(lock, limit, [this] { return awake_; });
    under_way_ -= done_.size();
    return std::exchange(done_, {});
  }
  void wake() override {
    const std::lock_guard lock(mutex_);
    awake_ = true;
    woken_.notify_all();
  }
  static inline std::atomic<std::size_t> most_under_way = 0;

 private:
  Answer answer_;
  std::size_t under_way_ = 0;
  std::vector<Finished> done_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;
};

Resolver resolver(std::vector<std::string> names, const ResolverConfig& config,
                  FakeLookups::Answer answer) {
  return {std::move(names), config, std::make_unique<FakeLookups>(std::move(answer))};
}

// Collects news until there are `count`, for at most ten seconds.
std::vector<Resolution> collect(Resolver& from, std::size_t count) {
  std::vector<Resolution> all;
  const auto end = std::chrono::steady_clock::now() + seconds(10);
  while (all.size() < count && std::chrono::steady_clock::now() < end) {
    for (auto& news : from.take()) all.push_back(std::move(news));
    std::this_thread::sleep_for(milliseconds(1));
  }
  return all;
}

TEST(ResolverTest, EachNameIsLookedUpOnce) {
  Resolver names = resolver({"a", "b", "c"}, {}, [](const std::string& name) {
    if (name == "b") return Lookup{{}, {}, "no such name"};
    return Lookup{{address(name == "a" ? "192.0.2.1" : "2001:db8::3")}, seconds(60), ""};
  });
  names.wait_for_first(seconds(10));
  std::map<std::size_t, Lookup> found;
  for (const auto& news : names.take()) found[news.index] = news.lookup;
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].addresses.at(0), address("192.0.2.1"));
  EXPECT_EQ(found[1].error, "no such name");
  EXPECT_EQ(found[2].addresses.at(0), address("2001:db8::3"));
  EXPECT_TRUE(names.take().empty());
}

TEST(ResolverTest, OneThatFailsIsTriedAgain) {
  std::atomic<int> calls = 0;
  Resolver names = resolver({"a"}, {.retry = milliseconds(1)}, [&calls](const std::string&) {
    return ++calls < 5 ? Lookup{{}, {}, "not yet"} : Lookup{{address("192.0.2.1")}, {}, ""};
  });
  const auto news = collect(names, 2);
  ASSERT_EQ(news.size(), 2U) << "the repeated failures between are no news";
  EXPECT_TRUE(news[0].lookup.addresses.empty());
  EXPECT_EQ(news[1].lookup.addresses.size(), 1U);
}

TEST(ResolverTest, TheTimeToLiveSaysWhen) {
  // Of two names, the one with the long time to live is not asked again while the other is.
  std::atomic<int> brief = 0, lasting = 0;
  const ResolverConfig config{.refresh = seconds(3600), .shortest = milliseconds(1)};
  Resolver names = resolver({"brief", "lasting"}, config, [&](const std::string& name) {
    if (name == "lasting") {
      ++lasting;
      return Lookup{{address("192.0.2.9")}, seconds(3600), ""};
    }
    const int call = ++brief;
    return Lookup{{address(call < 20 ? "192.0.2.1" : "192.0.2.2")}, seconds(0), ""};
  });
  const auto news = collect(names, 3);
  ASSERT_EQ(news.size(), 3U);
  EXPECT_EQ(news[2].lookup.addresses.at(0), address("192.0.2.2"));
  EXPECT_GE(brief, 20);
  EXPECT_EQ(lasting, 1);
}

TEST(ResolverTest, AnotherOrderOfTheSameAddressesIsNoNews) {
  std::atomic<int> calls = 0;
  const ResolverConfig config{.refresh = milliseconds(1), .shortest = milliseconds(1)};
  Resolver names = resolver({"a"}, config, [&calls](const std::string&) {
    const Address one = address("192.0.2.1");
    const Address two = address("192.0.2.2");
    const int call = ++calls;
    if (call > 20) return Lookup{{two}, {}, ""};
    return call % 2 == 0 ? Lookup{{one, two}, {}, ""} : Lookup{{two, one}, {}, ""};
  });
  const auto news = collect(names, 2);
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(news[1].lookup.addresses.size(), 1U);
  EXPECT_GT(calls, 20);
}

TEST(ResolverTest, ALookupThatHangsHoldsNobodyUp) {
  Resolver names = resolver({"hangs", "works"}, {}, [](const std::string& name) {
    return name == "works" ? std::optional(Lookup{{address("192.0.2.1")}, {}, ""}) : std::nullopt;
  });
  const auto news = collect(names, 1);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].index, 1U);
  // The test would not end if the resolver waited for the other.
}

TEST(ResolverTest, NamesDoNotStormTheServer) {
  FakeLookups::most_under_way = 0;
  Resolver names =
      resolver(std::vector<std::string>(500, "a"), {.at_once = 7}, [](const std::string&) {
        return Lookup{{address("192.0.2.1")}, seconds(60), ""};
      });
  names.wait_for_first(seconds(10));
  EXPECT_EQ(collect(names, 500).size(), 500U);
  EXPECT_LE(FakeLookups::most_under_way, 7U);
}

TEST(ResolverTest, WithoutNamesThereIsNothingToDo) {
  Resolver none({}, {}, nullptr);
  none.wait_for_first(seconds(10));
  EXPECT_TRUE(none.take().empty());
}

}  // namespace
}  // namespace weir::probing
