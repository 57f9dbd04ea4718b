// SPDX-License-Identifier: Apache-2.0
#include "identifiers.hpp"

#include <gtest/gtest.h>

#include <weir/error.hpp>

namespace weir::sqlite_store {
namespace {

using std::string_view_literals::operator""sv;

TEST(Identifiers, QuotesAreDoubledSoThatNothingEscapes) {
  EXPECT_EQ(identifier("rtt"), "\"rtt\"");
  EXPECT_EQ(identifier("a\"; DROP TABLE x; --"), "\"a\"\"; DROP TABLE x; --\"");
  EXPECT_EQ(literal("it's"), "'it''s'");
}

TEST(Identifiers, ANulIsRefused) {
  EXPECT_THROW((void)identifier("a\0b"sv), Rejected);
  EXPECT_THROW((void)literal("a\0b"sv), Rejected);
}

TEST(Identifiers, NamesAreComparedAsSqliteDoes) {
  EXPECT_TRUE(same_name("Rtt", "rTT"));
  EXPECT_FALSE(same_name("Ä", "ä"));
  EXPECT_FALSE(same_name("rtt", "rtt_"));
}

TEST(Identifiers, ReservedNames) {
  for (const char* name : {"", "sqlite_x", "SQLITE_master", "weir_columns", "Series"}) {
    EXPECT_TRUE(reserved_table(name)) << name;
  }
  EXPECT_FALSE(reserved_table("icmp"));
  for (const char* name : {"", "time", "TIME", "series_id"})
    EXPECT_TRUE(reserved_column(name)) << name;
  EXPECT_FALSE(reserved_column("rtt"));
}

TEST(Identifiers, FreeNameCountsUp) {
  const auto taken = [](const std::string& name) { return name == "a" || name == "a_2"; };
  EXPECT_EQ(free_name("a", taken), "a_3");
  EXPECT_EQ(free_name("b", taken), "b");
}

}  // namespace
}  // namespace weir::sqlite_store
