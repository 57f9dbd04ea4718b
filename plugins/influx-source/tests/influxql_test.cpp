// SPDX-License-Identifier: Apache-2.0
#include "influxql.hpp"

#include <gtest/gtest.h>

namespace weir::influx_source::influxql {
namespace {

using std::string_view_literals::operator""sv;

TEST(Influxql, NothingEscapesItsQuotes) {
  EXPECT_EQ(identifier("rtt"), R"("rtt")");
  EXPECT_EQ(identifier(R"(a"; DROP DATABASE q; --\)"), R"("a\"; DROP DATABASE q; --\\")");
  EXPECT_EQ(literal(R"(it's "so" \')"), R"('it\'s "so" \\\'')");
  EXPECT_EQ(literal("two\nlines"), R"('two\nlines')");
  EXPECT_THROW((void)identifier("a\0b"sv), Fatal);
}

TEST(Influxql, SelectsByTypeAndTimeAndTags) {
  Wish wish;
  wish.store = "qos";
  const Schema schema{"net work", {"host"}, {{"rtt", "float"}, {"sent", "integer"}}};
  EXPECT_EQ(select(wish, schema, std::nullopt, 10),
            R"(SELECT "host"::tag, "rtt"::float, "sent"::integer FROM "net work")"
            " ORDER BY time ASC LIMIT 10");
  wish.retention_policy = "a week";
  wish.tags = {{"area", "no*h"}, {"host", "it's"}};
  EXPECT_EQ(select(wish, schema, -5, 1),
            R"(SELECT "host"::tag, "rtt"::float, "sent"::integer FROM "qos"."a week"."net work")"
            R"( WHERE time >= -5 AND "host" = 'it\'s' ORDER BY time ASC LIMIT 1)");
}

}  // namespace
}  // namespace weir::influx_source::influxql
