// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/rights.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "weir/error.hpp"

namespace weir::core {
namespace {

const std::string sample =
    "Name:\tweir\nUid:\t1000\t1001\t1002\t1003\nGid:\t5\t6\t7\t8\nThreads:\t3\n"
    "CapInh:\t0000000000000001\nCapPrm:\t0000000000002000\nCapEff:\t0000000000000000\n"
    "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000002\nNoNewPrivs:\t1\n";

TEST(Rights, AreReadFromTheKernelsText) {
  const Rights rights = parse_rights(sample);
  EXPECT_EQ(rights.real_user, 1000U);
  EXPECT_EQ(rights.effective_user, 1001U);
  EXPECT_EQ(rights.saved_user, 1002U);
  EXPECT_EQ(rights.effective_group, 6U);
  EXPECT_EQ(rights.threads, 3U);
  EXPECT_EQ(rights.permitted, 1U << 13);
  EXPECT_EQ(rights.bounding, 0x1ffffffffffU);
  EXPECT_TRUE(rights.no_new_privileges);
  EXPECT_TRUE(rights.has_capabilities());
  EXPECT_FALSE(rights.is_root());
}

TEST(Rights, AMissingOrMalformedLineIsNotTakenForNoRights) {
  for (const std::string line :
       {"CapPrm:\t0000000000002000\n", "NoNewPrivs:\t1\n", "Threads:\t3\n"}) {
    std::string cut = sample;
    cut.erase(cut.find(line), line.size());
    EXPECT_THROW((void)parse_rights(cut), Error) << line;
  }
  std::string spoilt = sample;
  spoilt.replace(spoilt.find("0000000000002000"), 16, "many");
  EXPECT_THROW((void)parse_rights(spoilt), Error);
  EXPECT_THROW((void)parse_rights(""), Error);
}

TEST(Rights, OfThisProcess) {
  EXPECT_EQ(current_rights().effective_user, ::geteuid());
  EXPECT_GE(current_rights().threads, 1U);
}

}  // namespace
}  // namespace weir::core
