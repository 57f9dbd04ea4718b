// SPDX-License-Identifier: Apache-2.0
#include "partial_write.hpp"

#include <gtest/gtest.h>

namespace weir::influx_sink {
namespace {

const std::vector<std::string_view> lines = {"m,t=a v=1 300\n", "m,t=b v=x 100\n", "other v=1 50\n",
                                             "m w=1,v=2i 200\n"};

TEST(PartialWrite, LinesThatTheServerQuotes) {
  const Suspects got = find_dropped(
      lines, "partial write: unable to parse 'm,t=b v=x 100': invalid number dropped=0", 0);
  EXPECT_TRUE(got.certain);
  EXPECT_EQ(got.lines, std::vector<std::size_t>{1});
}

TEST(PartialWrite, AFieldWhoseTypeConflicts) {
  const std::string message =
      R"(partial write: field type conflict: input field "v" on measurement "m" is type integer, already exists as type float dropped=1)";
  const Suspects got = find_dropped(lines, message, 1);
  EXPECT_FALSE(got.certain) << "three lines carry the field, one was dropped";
  EXPECT_EQ(got.lines, (std::vector<std::size_t>{0, 1, 3}));
  EXPECT_TRUE(find_dropped(lines, message, 3).certain);
}

TEST(PartialWrite, TheOldestWhereTheRetentionPolicyDrops) {
  const Suspects got =
      find_dropped(lines, "partial write: points beyond retention policy dropped=2", 2);
  EXPECT_TRUE(got.certain);
  EXPECT_EQ(got.lines, (std::vector<std::size_t>{1, 2}));
}

TEST(PartialWrite, AllWhereNothingIsSaid) {
  const Suspects got = find_dropped(lines, "partial write: something new dropped=1", 1);
  EXPECT_FALSE(got.certain);
  EXPECT_EQ(got.lines.size(), 4U);
}

}  // namespace
}  // namespace weir::influx_sink
