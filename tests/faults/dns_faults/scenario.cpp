// SPDX-License-Identifier: Apache-2.0
#include "scenario.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <functional>
#include <future>
#include <thread>
#include <utility>

#include "ares_lookups.hpp"
#include "dns_source.hpp"
#include "icmp_source.hpp"
#include "tcp_source.hpp"
#include "tests/support/live_node.hpp"
#include "witness.hpp"

namespace weir::dns_faults {
namespace {

using Clock = std::chrono::steady_clock;
using Phase = Witness::Phase;

// Nodes are made by the C boundary, which hands nothing in; each is made on a thread of its own.
thread_local std::string servers;

auto lookups_here() {
  return [place = servers] { return probing::ares_lookups(place); };
}

struct Ping : icmp_source::IcmpSource {
  Ping() : IcmpSource(world()) {}
  static icmp_source::World world() {
    icmp_source::World world = icmp_source::this_machine();
    world.lookups = lookups_here();
    return world;
  }
};

struct Tcp : tcp_source::TcpSource {
  Tcp() : TcpSource(lookups_here()) {}
};

std::string other(int number) { return "127.0.1." + std::to_string(number + 1); }

std::string targets(const Size& size, int others, const std::string& kind,
                    const std::string& port) {
  std::string list;
  for (int i = 0; i < others; ++i) list += other(i) + port + ',';
  const auto name = [&](const std::string& prefix, int i) {
    list += prefix + kind + std::to_string(i) + ".test" + port + ',';
  };
  for (int i = 0; i < size.names; ++i) name("", i);
  for (int i = 0; i < size.late; ++i) name("late-", i);
  list.pop_back();
  return list;
}

int tcp_others(const Size& size) { return size.others / 5; }

/// The three nodes at work, each on a thread of its own.
class Nodes {
 public:
  Nodes(const Size& size, const std::string& dns, std::uint16_t port, Witness& pings, Witness& tcps)
      : dns_(dns) {
    start<Ping>({{"targets", targets(size, size.others, "ping-", "")},
                 {"tick", "1ms"},
                 {"timeout", "5s"},
                 {"required", "true"}},
                [&](const Batch& batch) { pings.take(batch); });
    start<Tcp>({{"targets", targets(size, tcp_others(size), "tcp-", ":" + std::to_string(port))},
                {"interval", "1s"},
                {"timeout", "5s"}},
               [&](const Batch& batch) { tcps.take(batch); });
    start<dns_source::DnsSource>(
        {{"names", "asked.test"}, {"servers", dns}, {"interval", "1s"}, {"timeout", "3s"}},
        [this](const Batch& batch) {
          for (const std::int64_t sent : batch.column("sent").integers())
            asked_ += static_cast<std::size_t>(sent);
          for (const std::int64_t received : batch.column("received").integers())
            answered_ += static_cast<std::size_t>(received);
        });
  }
  ~Nodes() { stop_ = true; }
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;

  /// Throws what a node has thrown, without waiting for one that works.
  void look() {
    for (auto& thread : threads_) {
      if (thread.wait_for(std::chrono::seconds(0)) == std::future_status::ready) thread.get();
    }
  }
  void end() {
    stop_ = true;
    for (auto& thread : threads_) thread.get();
  }
  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] std::size_t answered() const { return answered_; }

 private:
  template <class Node>
  void start(typename test::LiveNode<Node>::Options options,
             typename test::LiveNode<Node>::Take take) {
    const auto work = [this, options = std::move(options), take = std::move(take)] {
      servers = dns_;
      test::LiveNode<Node> node(options, take);
      node.run_while([this] { return !stop_; });
      node.finish();
    };
    threads_.push_back(std::async(std::launch::async, work));
  }

  const std::string dns_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> asked_ = 0, answered_ = 0;
  std::vector<std::future<void>> threads_;  // the last: they use what stands above
};

template <class... Values>
std::string line(const char* format, Values... values) {
  std::array<char, 300> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return std::string("  ") + text.data() + '\n';
}

std::string lateness_line(const char* when, const Lateness& late) {
  constexpr double goal_ms = 5;
  return line("late %-14s p50 %.3f p99 %.3f max %.3f ms of %zu rows (goal %.0f ms: %s)", when,
              late.p50, late.p99, late.most, late.rows, goal_ms,
              late.most <= goal_ms ? "met" : "not met");
}

class Scenario {
 public:
  Scenario(Trouble trouble, const Size& size, std::uint16_t port)
      : trouble_(trouble), size_(size), nodes_(size, zone_.place(), port, pings_, tcps_) {}

  Report run() {
    const auto all_known = [this] { return pings_.known() >= names() && tcps_.known() >= names(); };
    if (!wait(all_known)) return fail("the names never answered");
    rest(size_.before);
    enter(Phase::trouble);
    zone_.begin(trouble_);
    rest(size_.trouble);
    enter(Phase::after);
    const std::size_t answered = nodes_.answered();
    zone_.change();
    const auto back = Clock::now();
    const bool moved = wait(
        [this] { return pings_.moved() >= names() + late() && tcps_.moved() >= names() + late(); });
    back_after_ = std::chrono::duration<double>(Clock::now() - back).count();
    if (!moved) report_.wrong.emplace_back("names are not back");
    if (!wait([&] { return nodes_.answered() > answered; }))
      report_.wrong.emplace_back("dns-source has no answers again");
    nodes_.end();
    judge();
    tell();
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::size_t names() const { return static_cast<std::size_t>(size_.names); }
  [[nodiscard]] std::size_t late() const { return static_cast<std::size_t>(size_.late); }

  Report fail(const char* why) { return {.text = {}, .wrong = {why}}; }

  void enter(Phase phase) {
    pings_.enter(phase);
    tcps_.enter(phase);
  }

  void rest(std::chrono::seconds time) {
    const auto end = Clock::now() + time;
    (void)wait([&] { return Clock::now() >= end; }, time + patience);
  }

  template <class Holds>
  bool wait(Holds&& holds, std::chrono::seconds limit = patience) {
    const auto end = Clock::now() + limit;
    while (!holds()) {
      nodes_.look();
      if (Clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }

  void check(bool good, const std::string& wrong) {
    if (!good) report_.wrong.push_back(wrong);
  }

  void judge() {
    judge(pings_, "icmp-source", size_.others);
    judge(tcps_, "tcp-source", tcp_others(size_));
    const Zone::Asked asked = zone_.asked();
    check(asked.most_a_minute <= most_questions_a_minute, "a storm of questions");
    // What was asked in the last moment has no row; without EDNS a server is asked once more.
    constexpr std::size_t under_way = 16;
    check(zone_.asked_by_dns_source() <= nodes_.asked() + under_way,
          "dns-source asked more than its rows say");
  }

  void judge(const Witness& witness, const std::string& node, int others) {
    const Witness::Others other = witness.others();
    const Witness::Kept kept = witness.kept();
    // A socket for ICMP hears all of this machine's; what a flood of somebody else's pushed out of
    // it (the kernel counts that) was not lost by DNS.
    const bool flooded = other.dropped > 0;
    check(flooded || other.lost == 0, node + ": probes of other targets are lost");
    check(flooded || kept.unanswered == 0, node + ": names that were known do not answer");
    check(flooded || kept.answered.size() == names(), node + ": names that were known stood still");
    check(kept.rows > 0 && kept.unasked == 0, node + ": names that were known were not asked");
    check(other.answered_in_trouble.size() == static_cast<std::size_t>(others),
          node + ": other targets stood still");
  }

  void tell() {
    const Zone::Asked asked = zone_.asked();
    std::string& text = report_.text;
    text = std::string(to_text(trouble_)) + "\n";
    const Witness::Kept ping_kept = pings_.kept();
    const Witness::Kept tcp_kept = tcps_.kept();
    text += line(
        "names             %zu of %zu back at new addresses after %.1f s; before, %zu rows at the "
        "old ones, %zu unasked, %zu unanswered",
        pings_.moved() + tcps_.moved(), 2 * (names() + late()), back_after_,
        ping_kept.rows + tcp_kept.rows, ping_kept.unasked + tcp_kept.unasked,
        ping_kept.unanswered + tcp_kept.unanswered);
    text +=
        line("questions         %zu for %zu names came, at most %zu for one in 60 s (limit %zu)",
             asked.questions, asked.names, asked.most_a_minute, most_questions_a_minute);
    text += line("dns-source        asked %zu times, %zu came, %zu answered", nodes_.asked(),
                 zone_.asked_by_dns_source(), nodes_.answered());
    const Witness::Others ping = pings_.others();
    const Witness::Others tcp = tcps_.others();
    text += line(
        "other targets     %.0f pings, %.0f lost (%.0f dropped by this host), %.0f connections, "
        "%.0f lost",
        ping.sent, ping.lost, ping.dropped, tcp.sent, tcp.lost);
    text += lateness_line("before", pings_.lateness(Phase::before));
    text += lateness_line("in trouble", pings_.lateness(Phase::trouble));
    text += lateness_line("after", pings_.lateness(Phase::after));
  }

  const Trouble trouble_;
  const Size size_;
  Zone zone_;
  Witness pings_{Zone::address("ping-", true)};
  Witness tcps_{Zone::address("tcp-", true)};
  double back_after_ = 0;
  Report report_;
  Nodes nodes_;  // the last: its threads use what stands above
};

}  // namespace

std::vector<std::string> tcp_addresses(const Size& size) {
  std::vector<std::string> all{Zone::address("tcp-", false), Zone::address("tcp-", true)};
  for (int i = 0; i < tcp_others(size); ++i) all.push_back(other(i));
  return all;
}

Report run(Trouble trouble, const Size& size, std::uint16_t port) {
  return Scenario(trouble, size, port).run();
}

const char* to_text(Trouble trouble) {
  switch (trouble) {
    case Trouble::silent:
      return "a server that is silent";
    case Trouble::refused:
      return "nobody listens where the server was";
    case Trouble::failing:
      return "a server that fails (SERVFAIL)";
    case Trouble::slow:
      return "a server that answers after 3 s";
    case Trouble::none:
      break;
  }
  return "no trouble";
}

}  // namespace weir::dns_faults
