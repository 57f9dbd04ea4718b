// SPDX-License-Identifier: Apache-2.0
#include "resolver.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "fake_network.hpp"

namespace weir::icmp_source::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Collects news until there are `count`, for at most ten seconds.
std::vector<Resolution> collect(Resolver& resolver, std::size_t count) {
  std::vector<Resolution> all;
  const auto end = std::chrono::steady_clock::now() + seconds(10);
  while (all.size() < count && std::chrono::steady_clock::now() < end) {
    for (auto& news : resolver.take()) all.push_back(std::move(news));
    std::this_thread::sleep_for(milliseconds(1));
  }
  return all;
}

TEST(ResolverTest, EachNameIsLookedUpOnce) {
  Resolver resolver({"a", "b", "c"}, {}, [](const std::string& name, FamilyChoice) {
    if (name == "b") return Lookup{{}, "no such name"};
    return Lookup{{address(name == "a" ? "192.0.2.1" : "2001:db8::3")}, ""};
  });
  resolver.wait_for_first(seconds(10));
  std::map<std::size_t, Lookup> found;
  for (const auto& news : resolver.take()) found[news.index] = news.lookup;
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].addresses.at(0), address("192.0.2.1"));
  EXPECT_EQ(found[1].error, "no such name");
  EXPECT_EQ(found[2].addresses.at(0), address("2001:db8::3"));
}

TEST(ResolverTest, OneThatFailsIsTriedAgain) {
  // Shared: the thread of a resolver may outlive it by a moment.
  const auto calls = std::make_shared<std::atomic<int>>(0);
  Resolver resolver({"a"}, {.retry = milliseconds(1)}, [calls](const std::string&, FamilyChoice) {
    return ++*calls < 5 ? Lookup{{}, "not yet"} : Lookup{{address("192.0.2.1")}, ""};
  });
  const auto news = collect(resolver, 2);
  ASSERT_EQ(news.size(), 2U) << "the repeated failures between are no news";
  EXPECT_TRUE(news[0].lookup.addresses.empty());
  EXPECT_EQ(news[1].lookup.addresses.size(), 1U);
}

TEST(ResolverTest, AnotherOrderOfTheSameAddressesIsNoNews) {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  Resolver resolver({"a"}, {.refresh = milliseconds(1)}, [calls](const std::string&, FamilyChoice) {
    const Address one = address("192.0.2.1");
    const Address two = address("192.0.2.2");
    const int call = ++*calls;
    if (call > 20) return Lookup{{two}, ""};
    return call % 2 == 0 ? Lookup{{one, two}, ""} : Lookup{{two, one}, ""};
  });
  const auto news = collect(resolver, 2);
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(news[1].lookup.addresses.size(), 1U);
  EXPECT_GT(*calls, 20);
}

TEST(ResolverTest, ALookupThatHangsHoldsNobodyUp) {
  // Outlives the resolver, as a hanging getaddrinfo does.
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    bool left = false;
  };
  const auto gate = std::make_shared<Gate>();
  const auto begin = std::chrono::steady_clock::now();
  {
    Resolver resolver({"hangs", "works"}, {}, [gate](const std::string& name, FamilyChoice) {
      if (name == "works") return Lookup{{address("192.0.2.1")}, ""};
      std::unique_lock lock(gate->mutex);
      gate->changed.wait(lock, [&] { return gate->open; });
      gate->left = true;
      gate->changed.notify_all();
      return Lookup{};
    });
    resolver.wait_for_first(milliseconds(20));
    const auto news = collect(resolver, 1);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].index, 1U);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(9))
      << "neither the wait nor the end hung";
  std::unique_lock lock(gate->mutex);
  gate->open = true;
  gate->changed.notify_all();
  gate->changed.wait(lock, [&] { return gate->left; });
}

TEST(LookUp, LocalhostComesFromTheHostsFile) {
  const Lookup found = look_up("localhost", FamilyChoice::ipv4);
  ASSERT_FALSE(found.addresses.empty()) << found.error;
  EXPECT_EQ(to_text(found.addresses[0]), "127.0.0.1");
}

TEST(LookUp, WhatIsNoNameSaysWhy) {
  const Lookup found = look_up("no such name", FamilyChoice::any);
  EXPECT_TRUE(found.addresses.empty());
  EXPECT_FALSE(found.error.empty());
}

}  // namespace
}  // namespace weir::icmp_source::testing
