// SPDX-License-Identifier: Apache-2.0
// The node through the C boundary, on a scripted network and a clock turned by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "fake_network.hpp"
#include "icmp_source.hpp"

namespace weir::icmp_source::testing {
namespace {

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
};
Scene scene;

// Answers at the moment of sending; the bench turns the clock only between calls.
class InstantSocket final : public Socket {
 public:
  InstantSocket(Form form, Clock clock) : clock_(std::move(clock)), inner_(now_, form, 0x77) {
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
  void receive(std::vector<Incoming>& into) override {
    now_ = clock_();
    inner_.receive(into);
  }

 private:
  Clock clock_;
  Nanos now_{};
  FakeSocket inner_;
};

World test_world() {
  World world;
  world.open_sockets = [](FamilyChoice, std::size_t, const Clock& clock) {
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
  world.look_up = [](const std::string& name, FamilyChoice) {
    if (name == "both") return Lookup{{address("2001:db8::9"), address("192.0.2.9")}, ""};
    return Lookup{{}, "Name or service not known"};
  };
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

TEST_F(NodeTest, NothingToPingIsAnError) {
  const OptionTexts options{{"targets", " , "}};
  EXPECT_THROW(Bench<TestSource>{options}, Fatal);
}

}  // namespace
}  // namespace weir::icmp_source::testing
