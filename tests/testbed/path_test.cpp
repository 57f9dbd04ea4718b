// SPDX-License-Identifier: Apache-2.0
// The path does what its log says, as an independent pinger sees it; and it leaves nothing behind.
#include "core/testpath/path.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <tuple>

#include "core/testpath/truth.hpp"
#include "pinger.hpp"
#include "tests/support/program.hpp"
#include "weir/error.hpp"

namespace weir::testbed {
namespace {

using namespace core::testpath;
using test::read_text;
using test::TemporaryFolder;

constexpr int no_socket = 77;

class Path : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = why_no_path()) GTEST_SKIP() << *reason;
  }

  PathSettings settings(const std::string& impairments) const {
    return {.impairments = parse_impairments(impairments), .log = folder_ / "truth"};
  }
  std::vector<Record> truth() const { return parse_truth(read_text(folder_ / "truth")); }

  TemporaryFolder folder_;
};

struct Case {
  std::string name;
  std::string impairments;
};

class Pattern : public Path, public ::testing::WithParamInterface<std::tuple<Case, bool>> {};

/// Probe numbers in the order in which copies departed.
std::vector<std::uint32_t> departures(const std::vector<Record>& truth) {
  std::vector<std::pair<Nanos, std::uint32_t>> copies;
  for (const Record& record : truth) {
    for (const Nanos departed : record.departed)
      copies.emplace_back(departed, record.packet.number);
  }
  std::sort(copies.begin(), copies.end());
  std::vector<std::uint32_t> numbers;
  for (const auto& [time, number] : copies) numbers.push_back(number);
  return numbers;
}

TEST_P(Pattern, RepliesAreExactlyWhatTheLogSays) {
  const auto& [pattern, v6] = GetParam();
  const Pings pings{.targets = v6 ? std::vector<std::string>{"fd77::9", "fd77::a:1"}
                                  : std::vector<std::string>{"10.77.0.9", "10.77.200.1"}};
  const int code =
      run_in_path(settings(pattern.impairments), [&] { return ping(pings, folder_ / "replies"); });
  if (code == no_socket) GTEST_SKIP() << "no raw socket of this family here";
  ASSERT_EQ(code, 0);
  const std::vector<Record> log = truth();
  ASSERT_EQ(log.size(), pings.count) << "each request has a line";
  for (std::size_t i = 0; i < log.size(); ++i) {
    EXPECT_EQ(log[i].packet.number, i) << "they arrive as they were sent";
    EXPECT_EQ(to_text(log[i].packet.destination), pings.targets[i % 2]);
    EXPECT_TRUE(log[i].finished);
  }
  EXPECT_EQ(read_replies(folder_ / "replies"), departures(log)) << "in this order";
}

INSTANTIATE_TEST_SUITE_P(
    Path, Pattern,
    ::testing::Combine(
        ::testing::Values(Case{"clean", "delay=20ms"}, Case{"random", "delay=5ms loss=10% seed=3"},
                          Case{"bursts", "delay=5ms gilbert=3%/25% seed=4"},
                          Case{"outage", "delay=5ms outage=100ms+120ms"},
                          Case{"jitter", "delay=10ms jitter=5ms duplicate=10%/3ms seed=5"},
                          Case{"rate", "delay=2ms hold=5%/30ms rate=300kbit queue=2KiB seed=6"}),
        ::testing::Bool()),
    [](const auto& tested) {
      return std::get<0>(tested.param).name + (std::get<1>(tested.param) ? "_ipv6" : "_ipv4");
    });

TEST_F(Path, TheSameSeedLosesTheSameProbes) {
  const auto lost = [&] {
    const Pings pings{.targets = {"10.77.0.9"}, .count = 200};
    EXPECT_EQ(run_in_path(settings("loss=20% gilbert=2%/20% seed=11"),
                          [&] { return ping(pings, folder_ / "replies"); }),
              0);
    std::vector<std::uint32_t> numbers;
    for (const Record& record : truth()) {
      if (record.lost()) numbers.push_back(record.packet.number);
    }
    return numbers;
  };
  const std::vector<std::uint32_t> first = lost();
  EXPECT_GT(first.size(), 10U);
  EXPECT_EQ(first, lost());
}

TEST_F(Path, ForwardsToTheKernelOfASecondNetwork) {
  PathSettings forward = settings("delay=3ms loss=5% seed=2");
  forward.forward = true;
  const Pings pings{.targets = {"10.77.0.2"}, .count = 300};
  ASSERT_EQ(run_in_path(forward, [&] { return ping(pings, folder_ / "replies"); }), 0);
  std::vector<std::pair<Nanos, std::uint32_t>> back;
  std::size_t requests = 0, lost = 0;
  for (const Record& record : truth()) {
    if (record.packet.kind == Kind::request) ++requests;
    if (record.packet.kind != Kind::other && record.lost()) ++lost;
    if (record.packet.kind == Kind::reply && !record.lost())
      back.emplace_back(record.departed.front(), record.packet.number);
  }
  EXPECT_EQ(requests, pings.count);
  EXPECT_GT(lost, 0U);
  std::sort(back.begin(), back.end());
  const std::vector<std::uint32_t> replies = read_replies(folder_ / "replies");
  ASSERT_EQ(replies.size(), back.size());
  for (std::size_t i = 0; i < back.size(); ++i) EXPECT_EQ(replies[i], back[i].second);
}

TEST_F(Path, WhatIsUnderWayAtTheEndIsUnfinished) {
  ASSERT_EQ(run_in_path(settings("delay=1m"),
                        [&] {
                          return ping({.targets = {"10.77.0.9"},
                                       .count = 3,
                                       .linger = std::chrono::milliseconds(100)},
                                      folder_ / "replies");
                        }),
            0);
  ASSERT_EQ(truth().size(), 3U);
  for (const Record& record : truth()) EXPECT_FALSE(record.finished);
}

TEST_F(Path, GivesBackTheExitCodeOfTheWork) {
  EXPECT_EQ(run_in_path(settings("delay=1ms"), [] { return 42; }), 42);
  EXPECT_EQ(run_in_path(settings("delay=1ms"), [] { return ::raise(SIGKILL); }), 128 + SIGKILL);
}

TEST_F(Path, ALogThatCannotBeWrittenIsSaid) {
  PathSettings nowhere = settings("delay=1ms");
  nowhere.log = folder_ / "none" / "truth";
  EXPECT_THROW(run_in_path(nowhere, [] { return 0; }), Error);
}

/// A pipe that all processes of a path hold open, and that ends with the last of them.
class Witness {
 public:
  Witness() {
    if (::pipe(ends_.data()) != 0) ADD_FAILURE() << "no pipe";
  }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness() { ::close(ends_[0]); }
  /// True when all others have ended, within a time that only a fault takes.
  bool all_ended() {
    ::close(ends_[1]);
    pollfd watched{.fd = ends_[0], .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, 60'000) == 1 && (watched.revents & POLLHUP) != 0;
  }

 private:
  std::array<int, 2> ends_{};
};

int sleep_long() {
  std::this_thread::sleep_for(std::chrono::minutes(10));
  return 0;
}

TEST_F(Path, EndsWithItsTime) {
  Witness witness;
  PathSettings brief = settings("delay=1ms");
  brief.limit = std::chrono::seconds(1);
  EXPECT_EQ(run_in_path(brief, sleep_long), 124);
  EXPECT_TRUE(witness.all_ended());
}

TEST_F(Path, EndsWithItsParent) {
  Witness witness;
  std::array<int, 2> begun{};
  ASSERT_EQ(::pipe(begun.data()), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::_exit(run_in_path(settings("delay=1ms"),
                        [&] { return ::write(begun[1], "", 1) == 1 ? sleep_long() : 1; }));
  }
  char byte = 0;
  ASSERT_EQ(::read(begun[0], &byte, 1), 1);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  ::close(begun[0]);
  ::close(begun[1]);
  EXPECT_TRUE(witness.all_ended());
}

}  // namespace
}  // namespace weir::testbed
