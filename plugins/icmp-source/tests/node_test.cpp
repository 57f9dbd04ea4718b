// SPDX-License-Identifier: Apache-2.0
// The node through the C boundary, on a scripted network and a clock turned by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include <weir/testing.hpp>

#include "fake_network.hpp"
#include "icmp_source.hpp"

namespace weir::icmp_source::testing {
namespace {

using probing::Lookup;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using weir::testing::Bench;
using weir::testing::OptionTexts;

struct Scene {
  bool may_ping = true;
  bool has_ipv6 = true;
  std::uint32_t interface = 0;  // index of eth7; 0: not there
};
Scene scene;

Lookup look_up(const std::string& name) {
  const std::chrono::seconds ttl(60);
  if (name == "both") return {{address("2001:db8::9"), address("192.0.2.9")}, ttl, ""};
  if (name == "many") {
    return {{address("192.0.2.21"), address("192.0.2.22"), address("2001:db8::21")}, ttl, ""};
  }
  return {{}, {}, "Name or service not known"};
}

// Knows the answer at once.
class InstantLookups final : public probing::LookupService {
 public:
  void start(std::size_t id, const std::string& name, FamilyChoice) override {
    done_.push_back({id, look_up(name)});
  }
  std::vector<Finished> wait(Nanos limit) override {
    std::unique_lock lock(mutex_);
    if (done_.empty()) woken_.wait_for(lock, limit, [this] { return awake_; });
    return std::exchange(done_, {});
  }
  void wake() override {
    const std::lock_guard lock(mutex_);
    awake_ = true;
    woken_.notify_all();
  }

 private:
  std::vector<Finished> done_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;
};

// Answers at the moment of sending; the bench turns the clock only between calls.
class InstantSocket final : public Socket {
 public:
  InstantSocket(Form form, Clock clock) : clock_(std::move(clock)), inner_(now_, form, 0x77) {
    inner_.refuse = [](const Request& request) {
      const bool nowhere = request.options && request.options->interface > 1000;
      return nowhere ? ENODEV : 0;
    };
    inner_.script = [](const FakeSocket& socket, const Request& request) {
      const bool dead = request.to == address("192.0.2.66");
      return dead ? std::vector<Answer>{} : std::vector{socket.reply(request, milliseconds(4))};
    };
  }
  [[nodiscard]] Family family() const override { return inner_.family(); }
  [[nodiscard]] Form form() const override { return inner_.form(); }
  [[nodiscard]] std::uint16_t identifier() const override { return inner_.identifier(); }
  void send(std::span<Outgoing> requests) override {
    now_ = clock_();
    inner_.send(requests);
  }
  void receive(Received& into) override {
    now_ = clock_();
    inner_.receive(into);
  }
  [[nodiscard]] std::size_t capacity() const override { return inner_.capacity(); }
  [[nodiscard]] std::uint64_t dropped() const override { return 0; }

 private:
  Clock clock_;
  Nanos now_{};
  FakeSocket inner_;
};

World test_world() {
  World world;
  world.open_sockets = [](FamilyChoice, std::size_t, const Clock& clock, const KeptSocket&) {
    OpenSockets opened;
    if (!scene.may_ping) {
      opened.problem = "IPv4: Operation not permitted";
      return opened;
    }
    opened.sockets.push_back(std::make_unique<InstantSocket>(Form::ipv4_with_header, clock));
    if (scene.has_ipv6) {
      opened.sockets.push_back(std::make_unique<InstantSocket>(Form::ipv6, clock));
    } else {
      opened.problem = "IPv6: Address family not supported by protocol";
    }
    return opened;
  };
  world.lookups = [] { return std::make_unique<InstantLookups>(); };
  world.interface_index = [](const std::string&) { return scene.interface; };
  world.program = "/opt/weir/bin/weir";
  return world;
}

struct TestSource : IcmpSource {
  TestSource() : IcmpSource(test_world()) {}
};

class NodeTest : public ::testing::Test {
 protected:
  ~NodeTest() override { scene = {}; }
  static constexpr Timestamp start{seconds(1'700'000'000)};
};

std::string text(const Batch& batch, const char* column, std::size_t row) {
  return std::string(batch.column(column).text(row));
}

TEST_F(NodeTest, RowsOfAllTargetsInEachInterval) {
  Bench<TestSource> bench({{"targets", "192.0.2.1, 192.0.2.66,2001:db8::1"}, {"count", "2"}}, {},
                          start);
  bench.produce_until(start + seconds(5));
  const auto batches = bench.take();
  ASSERT_GE(batches.size(), 3U);
  const Batch& first = batches[0];
  EXPECT_EQ(first.measurement(), "icmp");
  ASSERT_EQ(first.rows(), 3U);
  EXPECT_THAT(std::vector(first.times().begin(), first.times().end()),
              ElementsAre(start.time_since_epoch().count(), start.time_since_epoch().count(),
                          start.time_since_epoch().count()));
  EXPECT_EQ(text(first, "target", 1), "192.0.2.66")
      << "blanks round list items are not part of them";
  EXPECT_EQ(text(first, "address", 2), "2001:db8::1");
  EXPECT_EQ(first.column("sent").integers()[0], 2);
  EXPECT_EQ(first.column("received").integers()[1], 0);
  EXPECT_EQ(first.column("loss_percent").number(0), 0);
  EXPECT_EQ(first.column("loss_percent").number(1), 100);
  EXPECT_FALSE(first.column("rtt_avg_ms").valid(1));
  EXPECT_DOUBLE_EQ(first.column("rtt_avg_ms").number(0), 4);
  EXPECT_EQ(first.column("rtt_avg_ms").info().unit, "ms");
  EXPECT_GT(first.column("mos").number(0), 4.3);
  EXPECT_EQ(first.column("mos").number(1), 1);
  EXPECT_EQ(batches[1].times()[0] - first.times()[0], 1'000'000'000);
  EXPECT_GT(bench.count("lost_probes"), 0U);
  EXPECT_EQ(bench.count("rejected_datagrams"), 0U);
}

// All rows of an interval are there at once; a queue would have to hold them all.
TEST_F(NodeTest, RowsOfManyTargetsLeaveInPieces) {
  constexpr std::size_t targets = 20'000;
  std::string list;
  for (std::size_t i = 0; i < targets; ++i)
    list += "10.1." + std::to_string(i / 200) + "." + std::to_string(i % 200 + 1) + ",";
  list.pop_back();
  Bench<TestSource> bench({{"targets", list}}, {}, start);
  std::map<std::int64_t, std::size_t> rows_of;  // by interval
  std::size_t most = 0;
  for (Timestamp now = start; now < start + milliseconds(4500); now += milliseconds(10)) {
    bench.produce_until(now);
    std::size_t rows = 0;
    for (const Batch& batch : bench.take()) {
      EXPECT_LE(batch.rows(), 512U);
      rows += batch.rows();
      rows_of[batch.times()[0]] += batch.rows();
    }
    most = std::max(most, rows);
  }
  EXPECT_LE(most, 4 * 512U) << "in any 10 ms";
  ASSERT_GE(rows_of.size(), 3U);
  for (int interval = 0; interval < 3; ++interval) {
    EXPECT_EQ(rows_of[(start + seconds(interval)).time_since_epoch().count()], targets);
  }
}

TEST_F(NodeTest, FinishGivesTheOpenInterval) {
  Bench<TestSource> bench({{"targets", "192.0.2.1"}, {"count", "10"}}, {}, start);
  bench.produce_until(start + milliseconds(1500));
  const auto before = bench.take();
  ASSERT_EQ(before.size(), 1U);
  bench.finish(Reason::stopping);
  const auto after = bench.take();
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].times()[0], before[0].times()[0] + 1'000'000'000);
  EXPECT_GE(after[0].column("sent").integers()[0], 4);
}

TEST_F(NodeTest, WithoutTheRightItSaysWhatToDoAndEnds) {
  scene.may_ping = false;
  Bench<TestSource> bench({{"targets", "192.0.2.1"}}, {}, start);
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  bench.finish();
  EXPECT_THAT(bench.take(), IsEmpty()) << "rows would be a lie: nothing was measured";
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs()[0], HasSubstr("sudo setcap cap_net_raw+ep /opt/weir/bin/weir"));
  EXPECT_THAT(bench.logs()[0],
              HasSubstr("sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\""));
  EXPECT_THAT(bench.logs()[0], HasSubstr("Operation not permitted"));
}

TEST_F(NodeTest, WithoutTheRightARequiredNodeFails) {
  scene.may_ping = false;
  const OptionTexts options{{"targets", "192.0.2.1"}, {"required", "true"}};
  EXPECT_THROW(Bench<TestSource>{options}, Fatal);
}

TEST_F(NodeTest, ANameThatDoesNotResolveIsRowsAndOneWarning) {
  Bench<TestSource> bench({{"targets", "nowhere.example,192.0.2.1"}}, {}, start);
  bench.produce_until(start + seconds(3));
  const auto batches = bench.take();
  ASSERT_GE(batches.size(), 2U);
  ASSERT_EQ(batches[1].rows(), 2U);
  EXPECT_EQ(text(batches[1], "target", 0), "nowhere.example");
  EXPECT_FALSE(batches[1].column("address").valid(0));
  EXPECT_EQ(batches[1].column("sent").integers()[0], 0);
  EXPECT_EQ(batches[1].column("loss_percent").number(0), 100);
  EXPECT_EQ(batches[1].column("loss_percent").number(1), 0);
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs()[0],
              HasSubstr("'nowhere.example' does not resolve (Name or service not known)"));
}

TEST_F(NodeTest, ANameTakesAnAddressOfAFamilyThatThereIs) {
  scene.has_ipv6 = false;
  Bench<TestSource> bench({{"targets", "both,2001:db8::1"}}, {}, start);
  bench.produce_until(start + seconds(3));
  const auto batches = bench.take();
  ASSERT_GE(batches.size(), 2U);
  EXPECT_EQ(text(batches[1], "address", 0), "192.0.2.9");
  EXPECT_EQ(batches[1].column("loss_percent").number(0), 0);
  EXPECT_EQ(batches[1].column("loss_percent").number(1), 100);
  EXPECT_THAT(bench.logs(),
              Contains(HasSubstr("'2001:db8::1' (2001:db8::1) has a family without a socket")));
}

TEST_F(NodeTest, TargetsListedTwiceArePingedOnce) {
  Bench<TestSource> bench({{"targets", "192.0.2.1,192.0.2.1"}}, {}, start);
  bench.produce_until(start + seconds(3));
  EXPECT_EQ(bench.take().at(0).rows(), 1U);
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("listed twice")));
}

TEST_F(NodeTest, NumericTargetsOfAnotherFamilyAreTold) {
  Bench<TestSource> bench({{"targets", "2001:db8::1,192.0.2.1"}, {"family", "4"}}, {}, start);
  bench.produce_until(start + seconds(3));
  EXPECT_EQ(bench.take().at(0).column("loss_percent").number(0), 100);
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("not of the family asked for")));
}

TEST_F(NodeTest, NobodyToPingIsOneLineAndTheEnd) {
  Bench<TestSource> bench({{"targets", " , "}}, {}, start);
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  ASSERT_EQ(bench.logs().size(), 1U);
  EXPECT_THAT(bench.logs()[0], HasSubstr("nobody to ping: name hosts in 'targets'"));
  const OptionTexts options{{"required", "true"}};
  EXPECT_THROW(Bench<TestSource>{options}, Fatal);
}

TEST_F(NodeTest, ATargetMayHaveSettingsOfItsOwn) {
  Bench<TestSource> bench({{"targets", "192.0.2.1 interval=2s count=3 dscp=46 ttl=9,192.0.2.2"}},
                          {}, start);
  bench.produce_until(start + seconds(5));
  std::map<std::string, std::set<std::int64_t>> sent;
  for (const Batch& batch : bench.take()) {
    for (std::size_t row = 0; row < batch.rows(); ++row)
      sent[text(batch, "target", row)].insert(batch.column("sent").integers()[row]);
  }
  EXPECT_EQ(sent["192.0.2.1"], (std::set<std::int64_t>{3}));
  EXPECT_EQ(sent["192.0.2.2"], (std::set<std::int64_t>{1}));
}

TEST_F(NodeTest, AHostWithTwoSettingsIsTwoSeries) {
  Bench<TestSource> bench({{"targets", "192.0.2.1,192.0.2.1 size=1400"}}, {}, start);
  bench.produce_until(start + seconds(3));
  const Batch batch = bench.take().at(0);
  ASSERT_EQ(batch.rows(), 2U);
  EXPECT_EQ(text(batch, "target", 0), "192.0.2.1");
  EXPECT_EQ(text(batch, "target", 1), "192.0.2.1 size=1400");
  EXPECT_THAT(bench.logs(), IsEmpty());
}

TEST_F(NodeTest, AWrongSettingSaysWhereAndWhat) {
  const auto message = [](const char* target) -> std::string {
    try {
      Bench<TestSource> bench({{"targets", target}});
    } catch (const Fatal& wrong) {
      return wrong.what();
    }
    return "";
  };
  EXPECT_THAT(message("192.0.2.1 dscp=64"),
              HasSubstr("target '192.0.2.1': dscp=64: it must be a whole number from 0 to 63"));
  EXPECT_THAT(message("192.0.2.1 speed=9"), HasSubstr("there is no setting 'speed'"));
  EXPECT_THAT(message("192.0.2.1 fast"), HasSubstr("'fast' is no setting"));
  EXPECT_THAT(message("192.0.2.1 interval=1"), HasSubstr("a duration from 10ms to 1h"));
  EXPECT_THAT(message("192.0.2.1 source=here"), HasSubstr("an IPv4 or IPv6 address"));
}

TEST_F(NodeTest, TargetsComeFromAFileToo) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "icmp-source-targets.txt";
  std::ofstream(path) << "# routers\n192.0.2.3   # first\n\n  192.0.2.4 count=2\n";
  Bench<TestSource> bench({{"targets", "192.0.2.1"}, {"targets_file", path.string()}}, {}, start);
  bench.produce_until(start + seconds(3));
  std::set<std::string> targets;
  for (const Batch& batch : bench.take()) {
    for (std::size_t row = 0; row < batch.rows(); ++row) targets.insert(text(batch, "target", row));
  }
  EXPECT_EQ(targets, (std::set<std::string>{"192.0.2.1", "192.0.2.3", "192.0.2.4"}));
  const OptionTexts missing{{"targets_file", "/nowhere/targets.txt"}};
  EXPECT_THROW(Bench<TestSource>{missing}, Fatal);
}

TEST_F(NodeTest, AllAddressesOfANameArePinged) {
  Bench<TestSource> bench({{"targets", "many,nowhere"}, {"addresses", "all"}}, {}, start);
  bench.produce_until(start + seconds(3));
  const auto batches = bench.take();
  ASSERT_GE(batches.size(), 2U);
  const Batch& batch = batches[1];
  ASSERT_EQ(batch.rows(), 4U) << "three of one, and one that says that the other has none";
  std::set<std::string> addresses;
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_EQ(text(batch, "target", row), "many");
    EXPECT_EQ(batch.column("loss_percent").number(row), 0);
    addresses.insert(text(batch, "address", row));
  }
  EXPECT_EQ(addresses, (std::set<std::string>{"192.0.2.21", "192.0.2.22", "2001:db8::21"}));
  EXPECT_EQ(text(batch, "error", 3), "the name does not resolve: Name or service not known");
}

TEST_F(NodeTest, AnInterfaceThatIsNotThereIsAReasonUntilItIs) {
  Bench<TestSource> bench({{"targets", "192.0.2.1"}, {"interface", "eth7"}}, {}, start);
  bench.produce_until(start + seconds(3));
  scene.interface = 3;
  bench.produce_until(start + seconds(7));
  const auto batches = bench.take();
  ASSERT_GE(batches.size(), 5U);
  EXPECT_EQ(batches[0].column("send_failed").integers()[0], 1);
  EXPECT_EQ(batches[0].column("loss_percent").number(0), 100);
  EXPECT_THAT(text(batches[0], "error", 0), HasSubstr("not sent: No such device"));
  EXPECT_EQ(batches.back().column("loss_percent").number(0), 0);
  EXPECT_FALSE(batches.back().column("error").valid(0));
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("interface 'eth7' is not there")));
  EXPECT_THAT(bench.logs(), Contains(HasSubstr("interface 'eth7' is there")));
}

TEST_F(NodeTest, EachProbeOnItsOwnPort) {
  Bench<TestSource> bench({{"targets", "192.0.2.1,192.0.2.66"}, {"per_probe", "true"}}, {}, start);
  bench.produce_until(start + seconds(4));
  bench.finish(Reason::stopping);
  std::size_t received = 0, lost = 0;
  for (const Batch& batch : bench.take("probes")) {
    EXPECT_EQ(batch.measurement(), "icmp_probe");
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      const bool dead = text(batch, "target", row) == "192.0.2.66";
      EXPECT_EQ(text(batch, "outcome", row), dead ? "lost" : "received");
      EXPECT_EQ(batch.column("rtt_ms").valid(row), !dead);
      (dead ? lost : received) += 1;
    }
  }
  EXPECT_GE(received, 3U);
  EXPECT_GE(lost, 2U);
}

TEST_F(NodeTest, ManyRowsLeaveInPieces) {
  std::string targets;
  for (int i = 0; i < 1500; ++i) {
    targets += (i == 0 ? "" : ",") + ("10.0." + std::to_string(i / 250)) + "." +
               std::to_string(i % 250 + 1);
  }
  Bench<TestSource> bench({{"targets", targets}}, {}, start);
  bench.produce_until(start + seconds(2));
  std::size_t rows = 0;
  for (const Batch& batch : bench.take()) {
    EXPECT_LE(batch.rows(), 512U);
    rows += batch.rows();
  }
  EXPECT_GE(rows, 1500U);
}

}  // namespace
}  // namespace weir::icmp_source::testing
