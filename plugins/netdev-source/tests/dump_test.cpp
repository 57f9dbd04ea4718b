// SPDX-License-Identifier: Apache-2.0
// One question and its answer, datagram by datagram, over a socket that a test fills.
#include "dump.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <deque>

#include "messages.hpp"

namespace weir::netdev_source {
namespace {

using test::message;
using test::Octets;
using test::octets_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using End = DumpResult::End;

struct Datagram {
  int error = 0;
  bool from_kernel = true;
  bool truncated = false;
  Octets bytes{};
};

class Script final : public Channel {
 public:
  int send(netlink::ByteView) override {
    ++sent;
    return send_error;
  }
  Received receive(Patience) override {
    if (datagrams.empty()) return {.error = EAGAIN};
    now = datagrams.front();
    datagrams.pop_front();
    return {.error = now.error,
            .from_kernel = now.from_kernel,
            .truncated = now.truncated,
            .bytes = now.bytes};
  }
  std::uint32_t port() const override { return 77; }

  std::deque<Datagram> datagrams;
  Datagram now;
  int send_error = 0;
  int sent = 0;
};

class DumpTest : public ::testing::Test {
 protected:
  DumpResult run() {
    const DumpHandler handler{.begin = [this] { indices.clear(); },
                              .take =
                                  [this](const netlink::Message& read, Nanos at) {
                                    const auto statistics = netlink::parse_statistics(read.payload);
                                    indices.push_back(statistics ? statistics->index : -1);
                                    times.push_back(at.count());
                                  }};
    return Dumper(channel).run(netlink::statistics_request, handler,
                               [this] { return Nanos(++ticks); });
  }
  void add(Octets bytes) { channel.datagrams.push_back({.bytes = std::move(bytes)}); }
  static Octets part(int index, test::Envelope envelope = {}) {
    return message(RTM_NEWSTATS, test::statistics_payload(index, {}), envelope);
  }
  static Octets done(test::Envelope envelope = {}) {
    return message(NLMSG_DONE, octets_of(0), envelope);
  }

  Script channel;
  std::vector<int> indices;
  std::vector<std::int64_t> times;
  std::int64_t ticks = 0;
};

TEST_F(DumpTest, PartsAreStampedWithTheCallBeforeThem) {
  add(part(1));
  add(part(2));
  add(done());
  const DumpResult result = run();
  EXPECT_EQ(result.end, End::complete);
  EXPECT_THAT(indices, ElementsAre(1, 2));
  EXPECT_THAT(times, ElementsAre(1, 2)) << "1: after the question, 2: after the first part";
}

TEST_F(DumpTest, TheEndMayStandBehindTheLastPart) {
  Octets datagram = part(1);
  test::append(datagram, done());
  add(datagram);
  EXPECT_EQ(run().end, End::complete);
  EXPECT_THAT(indices, ElementsAre(1));
}

TEST_F(DumpTest, InterruptedItIsAskedAgain) {
  add(part(1, {.flags = NLM_F_MULTI | NLM_F_DUMP_INTR}));
  add(done());
  add(part(1, {.sequence = 2}));
  add(part(2, {.sequence = 2}));
  add(done({.sequence = 2}));
  const DumpResult result = run();
  EXPECT_EQ(result.end, End::complete);
  EXPECT_EQ(result.restarts, 1U);
  EXPECT_THAT(indices, ElementsAre(1, 2)) << "the first answer is forgotten";
}

TEST_F(DumpTest, InterruptedEachTimeItIsTakenForWhatItIs) {
  for (std::uint32_t round = 1; round <= Dumper::most_restarts + 1; ++round) {
    add(part(1, {.sequence = round}));
    add(done({.flags = NLM_F_MULTI | NLM_F_DUMP_INTR, .sequence = round}));
  }
  const DumpResult result = run();
  EXPECT_EQ(result.end, End::interrupted);
  EXPECT_EQ(result.restarts, Dumper::most_restarts);
  EXPECT_THAT(indices, ElementsAre(1));
}

TEST_F(DumpTest, ALostPartIsAskedForAgainOnceTheRestIsFetched) {
  channel.datagrams.push_back({.error = ENOBUFS});
  add(part(2));
  add(done());
  add(part(1, {.sequence = 2}));
  add(done({.sequence = 2}));
  EXPECT_EQ(run().end, End::complete);
  EXPECT_THAT(indices, ElementsAre(1));
  EXPECT_EQ(channel.sent, 2);
}

TEST_F(DumpTest, AnswersToOthersAndToEarlierQuestionsAreNotTaken) {
  add(part(8, {.sequence = 0}));
  add(part(9, {.port = 78}));
  add(done({.sequence = 99}));
  add(part(1));
  add(done());
  EXPECT_EQ(run().end, End::complete);
  EXPECT_THAT(indices, ElementsAre(1));
}

TEST_F(DumpTest, OtherProcessesAreNotBelieved) {
  channel.datagrams.push_back({.from_kernel = false, .bytes = part(6)});
  channel.datagrams.push_back({.from_kernel = false, .bytes = done()});
  add(part(1));
  add(done());
  const DumpResult result = run();
  EXPECT_EQ(result.rejected, 2U);
  EXPECT_THAT(indices, ElementsAre(1));
}

TEST_F(DumpTest, WhatTheKernelDoesNotKnow) {
  add(message(NLMSG_ERROR, octets_of(-EOPNOTSUPP)));
  const DumpResult result = run();
  EXPECT_EQ(result.end, End::unsupported);
  EXPECT_EQ(result.error, EOPNOTSUPP);
  add(message(NLMSG_DONE, octets_of(-EOPNOTSUPP), {.sequence = 1}));
  EXPECT_EQ(run().end, End::unsupported) << "told at the end";
}

TEST_F(DumpTest, FailuresNameTheirErrno) {
  channel.send_error = ECONNREFUSED;
  EXPECT_EQ(run().error, ECONNREFUSED);
  channel.send_error = 0;
  EXPECT_EQ(run().error, EAGAIN) << "no answer in a second";
  add(message(NLMSG_ERROR, octets_of(-EBUSY)));
  EXPECT_EQ(run().error, EBUSY);
  add(message(NLMSG_ERROR, Octets(2)));
  EXPECT_EQ(run().error, EBADMSG) << "cut short";
  channel.datagrams.push_back({.truncated = true, .bytes = part(1)});
  const DumpResult result = run();
  EXPECT_EQ(result.end, End::failed);
  EXPECT_EQ(result.error, EMSGSIZE);
}

TEST_F(DumpTest, AnAcknowledgementIsNotTheEnd) {
  add(message(NLMSG_ERROR, octets_of(0)));
  add(part(1));
  add(done());
  EXPECT_EQ(run().end, End::complete);
  EXPECT_THAT(indices, ElementsAre(1));
}

TEST_F(DumpTest, GarbageIsCountedAndPassed) {
  add(Octets(7));
  add(done());
  const DumpResult result = run();
  EXPECT_EQ(result.end, End::complete);
  EXPECT_EQ(result.rejected, 1U);
  EXPECT_THAT(indices, IsEmpty());
}

TEST_F(DumpTest, AnAnswerWithoutAnEndHasOne) {
  for (int i = 0; i < 100'001; ++i) add({});
  EXPECT_EQ(run().end, End::failed);
}

}  // namespace
}  // namespace weir::netdev_source
