// SPDX-License-Identifier: Apache-2.0
// A clock that is set forward and back, cards that go and come back, counters that wrap and are
// reset: `netdev-source` on a kernel and clocks of this program's own. Whatever rate it gives must
// be what really passed by the monotonic clock; where it cannot know, the row has nulls.
//
// usage: clock_and_cards [--full]     6 hours; 10 days
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "fake_kernel.hpp"
#include "netdev_source.hpp"

namespace {

namespace fs = std::filesystem;
using namespace weir;
using namespace weir::netdev_source;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double most_bytes_per_s = 125e6;  // 1 Gbit/s
constexpr double bytes_per_packet = 800;

struct TestSource : NetdevSource {
  TestSource(test::FakeKernel& kernel, const fs::path& root)
      : NetdevSource(
            {[&kernel](std::uint32_t groups) { return kernel.open(groups); }, Machine(root)}) {}
};

/// One card: what passed, and what its counters say of it.
struct Card {
  std::string name;
  bool narrow = false;  // its counters are 32 bits wide
  int index = 0;        // 0: it is away
  double rate = 0;      // bytes a second
  double passed = 0;    // since the source last looked
  bool reset = false;   // since then, or gone, or back
  double bytes = 0, packets = 0;

  [[nodiscard]] Counters counters() const {
    const auto shown = [this](double total) {
      const auto whole = static_cast<std::uint64_t>(total);
      return narrow ? whole & 0xffffffffU : whole;
    };
    return {.rx_bytes = shown(bytes), .rx_packets = shown(packets)};
  }
};

struct Tally {
  std::uint64_t steps = 0, gone = 0, resets = 0, wraps = 0;
  std::uint64_t rows = 0, nulls = 0, false_nulls = 0, wrong = 0;
  std::uint64_t missed = 0;  // samples that the source says it missed; it was called in time
  double worst = 0;          // of a rate over the truth
};

class World {
 public:
  World(std::uint32_t seed, const fs::path& root) : random_(seed), source_(kernel_, root) {
    host_.size = sizeof host_;
    host_.self = this;
    host_.now = [](void* self) { return of(self).wall_.count(); };
    host_.monotonic = [](void* self) { return of(self).monotonic_.count(); };
    host_.stopping = [](void*) { return 0; };
    host_.log = [](void*, std::int32_t, const char*, std::size_t) {};
    host_.count = [](void* self, const char* counter, std::uint64_t amount) {
      of(self).counts_[counter] += amount;
    };
    host_.wait_until = [](void*, std::int64_t) { return 1; };
    host_.query = [](void*, const char*) -> const void* { return nullptr; };
    for (Card& card : cards_) arrive(card);
    source_.options.interfaces = {"eth0", "eth1", "eth2"};
  }

  Tally run(Duration length) {
    const Duration begun = monotonic_;
    source_.open(context_);
    bool first = true;
    while (monotonic_ - begun < length) {
      const auto next = source_.produce(context_);
      if (const Batch* batch = std::get_if<Batch>(&next)) check(*batch);
      if (const Wait* wait = std::get_if<Wait>(&next)) {
        if (std::exchange(first, false)) looked();
        pass(wait->until.time_since_epoch());
      }
    }
    // More rows than seconds would be a storm.
    const auto most = static_cast<std::uint64_t>((monotonic_ - begun) / seconds(1) + 2) * 3;
    if (tally_.rows > most) ++tally_.wrong;
    tally_.wraps = counts_["counter_wraps"];
    tally_.missed = counts_["missed_samples"];
    return tally_;
  }

 private:
  static World& of(void* self) { return *static_cast<World*>(self); }

  bool happens(double per_second) {
    return std::uniform_real_distribution<>(0, 1)(random_) < per_second;
  }

  /// The engine waits by the monotonic clock, whatever the other is set to meanwhile.
  void pass(Duration until) {
    const Duration wait = std::clamp(until - wall_, Duration{milliseconds(1)}, Duration{hours(1)});
    monotonic_ += wait;
    wall_ += wait;
    for (Card& card : cards_) count(card, std::chrono::duration<double>(wait).count());
    if (happens(0.002)) set_clock();
    for (Card& card : cards_) trouble(card);
  }

  void count(Card& card, double elapsed) {
    if (card.index == 0) return;
    card.bytes += card.rate * elapsed;
    card.packets += card.rate * elapsed / bytes_per_packet;
    card.passed += card.rate * elapsed;
    if (happens(0.1)) card.rate = std::uniform_real_distribution<>(0, most_bytes_per_s)(random_);
    kernel_.count(card.index, card.counters());
  }

  void set_clock() {
    constexpr std::array<Duration, 4> steps{hours(24 * 30), -hours(1), milliseconds(700),
                                            -milliseconds(700)};
    wall_ += steps.at(std::uniform_int_distribution<std::size_t>(0, 3)(random_));
    ++tally_.steps;
  }

  void trouble(Card& card) {
    if (card.index == 0) {
      if (happens(0.05)) arrive(card);
    } else if (happens(0.001)) {
      kernel_.remove(card.index);
      card.index = 0;
      card.reset = true;
      ++tally_.gone;
    } else if (happens(0.002)) {
      card.bytes = card.packets = 0;
      card.reset = true;
      kernel_.count(card.index, card.counters());
      ++tally_.resets;
    }
  }

  void arrive(Card& card) {
    card.index = ++last_index_;
    card.reset = true;
    card.bytes = card.packets = 0;
    kernel_.set({.index = card.index, .name = card.name});
    kernel_.count(card.index, card.counters());
  }

  void looked() {
    looked_ = monotonic_;
    for (Card& card : cards_) {
      card.passed = 0;
      card.reset = card.index == 0;
    }
  }

  void check(const Batch& batch) {
    const Column* names = nullptr;
    const Column* rates = nullptr;
    for (const Column& column : batch.columns()) {
      if (column.name() == "interface") names = &column;
      if (column.name() == "rx_mbps") rates = &column;
    }
    if (names == nullptr || rates == nullptr) throw std::runtime_error("a column is missing");
    const double elapsed = std::chrono::duration<double>(monotonic_ - looked_).count();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      const auto card = std::find_if(cards_.begin(), cards_.end(),
                                     [&](const Card& one) { return one.name == names->text(row); });
      if (card == cards_.end()) throw std::runtime_error("a row of no card");
      ++tally_.rows;
      judge(*card, rates->valid(row), rates->valid(row) ? rates->number(row) : 0, elapsed);
    }
    looked();
  }

  /// After a reset a rate can only be of less than what passed.
  void judge(const Card& card, bool known, double rate, double elapsed) {
    if (!known) {
      ++tally_.nulls;
      if (!card.reset) ++tally_.false_nulls;
      return;
    }
    const double truth = elapsed > 0 ? card.passed * 8e-6 / elapsed : 0;
    const double slack = 1e-6 * truth + 1e-4;  // counters are whole bytes
    const bool right =
        card.reset ? rate >= 0 && rate <= truth + slack : std::abs(rate - truth) <= slack;
    if (!right && tally_.wrong++ < 5)
      std::printf("  %s: %.6f Mbit/s of %.6f after %.3f s\n", card.name.c_str(), rate, truth,
                  elapsed);
    tally_.worst = std::max(tally_.worst, rate - truth);
  }

  std::mt19937 random_;
  test::FakeKernel kernel_;
  TestSource source_;
  weir_host host_{};
  Context context_{host_, "uplink"};
  Duration wall_ = seconds(1'767'225'600);
  Duration monotonic_ = seconds(1000);
  Duration looked_{};
  int last_index_ = 1;
  std::array<Card, 3> cards_{Card{.name = "eth0"}, Card{.name = "eth1", .narrow = true},
                             Card{.name = "eth2"}};
  std::map<std::string, std::uint64_t> counts_;
  Tally tally_;
};

}  // namespace

int main(int argc, char** argv) {
  const bool full = argc > 1 && std::string_view(argv[1]) == "--full";
  const Duration length = full ? hours(24 * 10) : hours(6);
  std::string folder = (fs::temp_directory_path() / "weir-cards-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  fs::create_directories(fs::path(folder) / "proc/net");
  const Tally tally = World(1, folder).run(length);
  fs::remove_all(folder);
  std::printf(
      "%s of a clock set %llu times, cards gone %llu times, %llu counters reset, %llu wrapped\n",
      full ? "10 days" : "6 hours", static_cast<unsigned long long>(tally.steps),
      static_cast<unsigned long long>(tally.gone), static_cast<unsigned long long>(tally.resets),
      static_cast<unsigned long long>(tally.wraps));
  std::printf(
      "  %llu rows: %llu of nulls, %llu of them without a reason, %llu wrong; at most %.6f "
      "Mbit/s above the truth; %llu called missed\n",
      static_cast<unsigned long long>(tally.rows), static_cast<unsigned long long>(tally.nulls),
      static_cast<unsigned long long>(tally.false_nulls),
      static_cast<unsigned long long>(tally.wrong), tally.worst,
      static_cast<unsigned long long>(tally.missed));
  const bool met = tally.wrong == 0 && tally.missed == 0 && tally.steps > 0 && tally.gone > 0 &&
                   tally.resets > 0 && tally.wraps > 0;
  std::puts(met ? "no negative rate, no spike, no storm" : "FAILED");
  return met ? 0 : 1;
}
