// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/impairments.hpp"

#include <gtest/gtest.h>

#include "weir/error.hpp"

namespace weir::core::testpath {
namespace {

using namespace std::chrono_literals;

TEST(Impairments, EveryWordIsUnderstood) {
  const Impairments read = parse_impairments(
      "delay=20ms, jitter=500us loss=1.5% gilbert=1%/0.25/0/90% outage=1s+500ms outage=3s+1s "
      "duplicate=2%/3ms hold=5%/30ms rate=10Mbit queue=32KiB seed=7");
  EXPECT_EQ(read.delay, 20ms);
  EXPECT_EQ(read.jitter, 500us);
  EXPECT_DOUBLE_EQ(read.loss, 0.015);
  ASSERT_TRUE(read.gilbert);
  EXPECT_DOUBLE_EQ(read.gilbert->to_bad, 0.01);
  EXPECT_DOUBLE_EQ(read.gilbert->to_good, 0.25);
  EXPECT_DOUBLE_EQ(read.gilbert->loss_good, 0);
  EXPECT_DOUBLE_EQ(read.gilbert->loss_bad, 0.9);
  ASSERT_EQ(read.outages.size(), 2U);
  EXPECT_EQ(read.outages[0].start, 1s);
  EXPECT_EQ(read.outages[0].length, 500ms);
  EXPECT_DOUBLE_EQ(read.duplicate, 0.02);
  EXPECT_EQ(read.duplicate_after, 3ms);
  EXPECT_DOUBLE_EQ(read.hold, 0.05);
  EXPECT_EQ(read.hold_for, 30ms);
  EXPECT_DOUBLE_EQ(*read.rate, 10e6) << "decimal, as bits are";
  EXPECT_EQ(read.queue, 32768U);
  EXPECT_EQ(read.seed, 7U);
}

TEST(Impairments, NothingIsAPathWithoutFaults) {
  const Impairments none = parse_impairments(" ,\n");
  EXPECT_EQ(none.delay, 0ns);
  EXPECT_EQ(none.loss, 0);
  EXPECT_FALSE(none.gilbert);
  EXPECT_FALSE(none.rate);
}

TEST(Impairments, AWrongWordIsNamed) {
  for (const std::string word :
       {"delay=20",  "delay=-1ms", "delay=2h",      "loss=101%", "loss=-1%",
        "loss=nan",  "loss=x",     "gilbert=1%",    "outage=1s", "hold=5%",
        "rate=fast", "rate=0bit",  "queue=0",       "seed=-1",   "colour=red",
        "delay",     "delay=",     "delay=1ms/2ms", "=",         "duplicate=1%/1ms/1ms"}) {
    try {
      (void)parse_impairments("seed=1 " + (word.starts_with("seed") ? "" : word));
      if (word.starts_with("seed")) (void)parse_impairments(word);
      ADD_FAILURE() << word << " was taken";
    } catch (const Error& problem) {
      EXPECT_NE(std::string(problem.what()).find("'" + word + "'"), std::string::npos)
          << problem.what();
    }
  }
  EXPECT_THROW((void)parse_impairments("loss=1% loss=2%"), Error);
}

}  // namespace
}  // namespace weir::core::testpath
