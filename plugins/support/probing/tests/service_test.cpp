// SPDX-License-Identifier: Apache-2.0
#include "service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "host_port.hpp"
#include "service_thread.hpp"
#include "weir/error.hpp"

namespace weir::probing {
namespace {

using ::testing::ThrowsMessage;

TEST(Service, AnErrnoHasItsOutcome) {
  EXPECT_EQ(to_text(outcome_of_errno(ECONNREFUSED)), "refused");
  EXPECT_EQ(to_text(outcome_of_errno(EHOSTUNREACH)), "unreachable");
  EXPECT_EQ(to_text(outcome_of_errno(ETIMEDOUT)), "timeout");
  EXPECT_EQ(to_text(outcome_of_errno(EMFILE)), "send_failed");
}

TEST(Service, LossIsOfProbesThatWereSent) {
  BatchBuilder builder("test");
  const ServiceColumns columns(builder);
  for (const auto& [sent, received] : {std::pair{4, 3}, {1, 0}, {0, 0}}) {
    ServiceTally tally;
    tally.loss.sent = static_cast<std::uint16_t>(sent);
    tally.loss.received = static_cast<std::uint16_t>(received);
    for (int i = 1; i <= received; ++i) tally.rtt.add(std::chrono::milliseconds(i));
    auto row = builder.row(0);
    columns.set(row, tally);
  }
  const Batch rows = builder.build();
  EXPECT_EQ(rows.column("loss_percent").number(0), 25);
  EXPECT_EQ(rows.column("lost").number(0), 1);
  EXPECT_EQ(rows.column("rtt_max_ms").number(0), 3);
  EXPECT_EQ(rows.column("loss_percent").number(1), 100);
  EXPECT_FALSE(rows.column("rtt_p50_ms").valid(1));
  EXPECT_EQ(rows.column("loss_percent").number(2), 100) << "nothing could be sent";
  EXPECT_EQ(rows.column("sent").number(2), 0);
}

TEST(HostPort, APortMayBeLeftOutWhereThereIsAStandard) {
  EXPECT_EQ(parse_host_port("192.0.2.1", 53).port, 53);
  EXPECT_EQ(parse_host_port("192.0.2.1:54", 53).port, 54);
  EXPECT_EQ(parse_host_port("2001:db8::1", 53).host, "2001:db8::1");
  EXPECT_EQ(parse_host_port("[2001:db8::1]", 53).host, "2001:db8::1");
  EXPECT_EQ(parse_host_port("[2001:db8::1]:54", 53).port, 54);
  EXPECT_THROW((void)parse_host_port("", 53), Error);
}

// Ends each probe at once; the tenth throws.
struct CountedResult : ServiceResult {
  struct Summary {
    int probes = 0;
    void add(const CountedResult&) { ++probes; }
  };
};
class Counting final : public ServiceProber<CountedResult> {
 public:
  void start(ProbeId probe) override {
    if (++started_ == 10) throw Error("the tenth");
    results_.emplace_back();
    results_.back().probe = probe;
  }
  void work(Nanos limit, std::vector<CountedResult>& ended) override {
    if (results_.empty()) (void)poller_.wait(limit);
    ended.insert(ended.end(), results_.begin(), results_.end());
    results_.clear();
  }
  void wake() override { poller_.wake(); }

 private:
  Poller poller_;
  int started_ = 0;
  std::vector<CountedResult> results_;
};

TEST(ServiceThread, PassesRowsOnAndWhatEndedIt) {
  ServiceThread<CountedResult> thread(std::make_unique<Counting>(), 3,
                                      {.interval = std::chrono::milliseconds(100)});
  std::size_t results = 0;
  EXPECT_THAT(
      [&] {
        for (int look = 0; look < 3000; ++look) {
          results += thread.take().size();
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
      },
      ThrowsMessage<Error>("the tenth"));
  EXPECT_LE(results, 9U);
}

TEST(ServiceThread, EndsInTheMiddleOfALongInterval) {
  const auto begin = std::chrono::steady_clock::now();
  {
    ServiceThread<CountedResult> thread(std::make_unique<Counting>(), 1,
                                        {.interval = std::chrono::hours(24)});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::hours(1));
}

}  // namespace
}  // namespace weir::probing
