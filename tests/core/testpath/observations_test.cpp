// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/observations.hpp"

#include <gtest/gtest.h>

#include "weir/error.hpp"

namespace weir::core::testpath {
namespace {

TEST(Observations, AreReadFromRows) {
  const auto all = parse_observations(
      R"({"time":"2026-01-01T00:00:00Z","probe":4000000000,"outcome":"received","rtt_ms":20.0105,"duplicates":1,"reordered":false})"
      "\n\n"
      R"({"probe":7,"outcome":"late","rtt_ms":1500,"duplicates":0,"reordered":true})"
      "\n"
      R"({"probe":8,"outcome":"lost","rtt_ms":null,"duplicates":0,"reordered":false})"
      "\n"
      R"({"probe":9,"outcome":"send_failed","duplicates":0,"reordered":false})");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].number, 4'000'000'000U);
  EXPECT_EQ(all[0].outcome, Outcome::received);
  EXPECT_EQ(all[0].rtt, Nanos{20'010'500});
  EXPECT_TRUE(all[0].duplicate);
  EXPECT_EQ(all[1].outcome, Outcome::late);
  EXPECT_TRUE(all[1].reordered);
  EXPECT_EQ(all[2].outcome, Outcome::lost);
  EXPECT_FALSE(all[2].rtt);
  EXPECT_EQ(all[3].outcome, Outcome::lost);
}

TEST(Observations, AWrongLineIsNamed) {
  for (const char* line :
       {"{", "{}", R"({"probe":1,"outcome":"won","duplicates":0,"reordered":false})",
        R"({"probe":"x","outcome":"lost","duplicates":0,"reordered":false})"}) {
    try {
      (void)parse_observations("\n" + std::string(line) + "\n");
      ADD_FAILURE() << line;
    } catch (const Error& problem) {
      EXPECT_NE(std::string(problem.what()).find("line 2"), std::string::npos) << problem.what();
    }
  }
}

}  // namespace
}  // namespace weir::core::testpath
