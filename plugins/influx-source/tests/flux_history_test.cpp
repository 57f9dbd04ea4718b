// SPDX-License-Identifier: Apache-2.0
// Windows, against a server in a function that answers as annotated.hpp says.
#include "flux_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "annotated.hpp"

namespace weir::influx_source {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::int64_t time_after(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word) + word.size();
  const auto time = parse_timestamp(text.substr(at, text.find_first_of(",)", at) - at));
  if (!time) throw std::runtime_error("no time after " + word + " in " + text);
  return time->time_since_epoch().count();
}

class Server {
 public:
  std::vector<std::int64_t> times;
  std::size_t most_rows = 1'000'000;
  int failures = 0;
  bool broken = false;  ///< the first window ends with an error
  std::vector<std::string> queries;

  std::string operator()(const std::string& query) {
    queries.push_back(query);
    if (failures > 0) {
      --failures;
      throw RetryLater("away");
    }
    if (query.find("_measurement\", predicate") != std::string::npos)
      return column("_value", "string", {"m", "other"});
    if (query.find("_field\", predicate") != std::string::npos)
      return column("_value", "string", {"v", "v2", "w"});
    const bool bounds = query.find("first()") != std::string::npos;
    const std::int64_t start = time_after(query, "start: ");
    const std::int64_t stop = time_after(query, "stop: ");
    std::vector<Value> found;
    for (const std::int64_t time : times) {
      if (time >= start && time < stop) found.push_back({time, std::to_string(time)});
    }
    if (bounds) {
      if (found.empty()) return "\r\n";
      const auto text = [](std::int64_t time) { return to_text(Timestamp{Duration{time}}); };
      return column("_time", "dateTime:RFC3339", {text(found.front().time)}) +
             column("_time", "dateTime:RFC3339", {text(found.back().time)});
    }
    if (found.size() > most_rows) throw TooLong("long");
    std::string answer = table("v", "long", "a", found);
    if (std::exchange(broken, false))
      answer += "#datatype,string,string\r\n,error,reference\r\n,memory exceeded,1\r\n";
    return answer;
  }
};

struct Read {
  std::vector<std::int64_t> times;
  std::vector<std::string> logs;
  std::size_t largest = 0;
};

Read read(Server& server, Wish wish = {}) {
  Read result;
  FluxHistory history(
      std::move(wish), [&](const std::string& query) { return server(query); },
      [&](Level, const std::string& line) { result.logs.push_back(line); }, [] { return 0; });
  for (int calls = 0; calls < 10'000; ++calls) {
    Found found;
    bool more = true;
    try {
      more = history.step(found);
    } catch (const RetryLater&) {
      continue;
    }
    EXPECT_FALSE(found.rejected);
    for (const Batch& batch : found.rows) {
      result.largest = std::max(result.largest, batch.rows());
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        EXPECT_EQ(batch.column("v").integers()[row], batch.times()[row]);
        result.times.push_back(batch.times()[row]);
      }
    }
    if (!more) return result;
  }
  ADD_FAILURE() << "the history does not end";
  return result;
}

/// Dense, a gap of years, dense again, the last alone.
std::vector<std::int64_t> uneven() {
  std::vector<std::int64_t> times;
  const std::int64_t second = 1'000'000'000;
  for (std::int64_t i = 0; i < 500; ++i) times.push_back(1'500'000'000 * second + i);
  for (std::int64_t i = 0; i < 500; ++i) times.push_back(1'795'000'000 * second + i * second);
  times.push_back(1'795'900'000 * second + 1);
  return times;
}

Wish of_m(std::size_t batch_rows = 100) {
  Wish wish;
  wish.measurements = {"m"};
  wish.batch_rows = batch_rows;
  return wish;
}

TEST(FluxHistory, WindowsLoseAndRepeatNothing) {
  Server server;
  server.times = uneven();
  for (const std::size_t rows : {1U, 7U, 100U, 100'000U}) {
    server.queries.clear();
    const Read result = read(server, of_m(rows));
    EXPECT_EQ(result.times, server.times) << rows;
    EXPECT_LE(result.largest, rows);
  }
  EXPECT_LT(server.queries.size(), 60U) << "years without rows cost few requests";
}

TEST(FluxHistory, FailuresAndAnswersThatBreakOffAreAskedAgain) {
  Server server;
  server.times = uneven();
  server.failures = 3;
  server.broken = true;
  EXPECT_EQ(read(server, of_m()).times, server.times);
}

TEST(FluxHistory, AnAnswerThatIsTooLongIsAskedForInNarrowerWindows) {
  Server server;
  server.times = uneven();
  server.most_rows = 20;
  EXPECT_EQ(read(server, of_m()).times, server.times);
  server.times = {5, 5, 5};
  server.most_rows = 2;
  EXPECT_THROW((void)read(server, of_m()), Fatal);
}

TEST(FluxHistory, NamesAreListedOnlyForPatterns) {
  Server server;
  server.times = {1, 2};
  EXPECT_THAT(read(server, of_m()).times, ElementsAre(1, 2));
  EXPECT_THAT(server.queries.front(), HasSubstr("first()"));
  Wish wish;
  wish.measurements = {"m*"};
  wish.fields = {"v*"};
  EXPECT_THAT(read(server, wish).times, ElementsAre(1, 2));
  EXPECT_THAT(server.queries.back(), HasSubstr(R"((r._field == "v" or r._field == "v2"))"));
}

TEST(FluxHistory, WhatIsNotThereIsOneLine) {
  Server server;
  EXPECT_THAT(read(server, of_m()).logs, ElementsAre(HasSubstr("no such rows of 'm' yet")));
  Wish wish;
  wish.measurements = {"ping*"};
  EXPECT_THAT(read(server, wish).logs, ElementsAre(HasSubstr("holds no measurement 'ping*' yet")));
}

TEST(FluxHistory, EveryTypeNullsAndUnusableRows) {
  const std::string answer =
      table("f", "double", "a", {{1, "0.30000000000000004"}, {2, "1e+300"}, {3, "NaN"}}) +
      table("i", "long", "a", {{1, "-9223372036854775808"}, {3, "9007199254740993"}}) +
      table("u", "unsignedLong", "a", {{1, "9223372036854775807"}, {2, "18446744073709551615"}}) +
      table("b", "boolean", "", {{1, "true"}, {2, "false"}}) +
      table("s", "string", "b", {{1, "\"a,\"\"b\"\"\nc\""}, {2, ""}});
  FluxHistory history(
      of_m(),
      [&](const std::string& query) {
        return query.find("first()") == std::string::npos
                   ? answer
                   : column("_time", "dateTime:RFC3339", {"1970-01-01T00:00:00.000000001Z"});
      },
      [](Level, const std::string&) {}, [] { return 0; });
  Found found;
  while (history.step(found)) continue;
  ASSERT_EQ(found.rows.size(), 1U);
  const Batch& batch = found.rows.front();
  BatchBuilder rows("m");
  const auto host = rows.tag("host");
  const auto b = rows.field<bool>("b");
  const auto f = rows.field<double>("f");
  const auto i = rows.field<std::int64_t>("i");
  const auto s = rows.field<std::string>("s");
  const auto u = rows.field<std::int64_t>("u");
  using Integer = std::numeric_limits<std::int64_t>;
  rows.row(1).set(b, true);
  rows.row(1).set(host, "a").set(f, 0.1 + 0.2).set(i, Integer::min()).set(u, Integer::max());
  rows.row(1).set(host, "b").set(s, "a,\"b\"\nc");
  rows.row(2).set(b, false);
  rows.row(2).set(host, "a").set(f, 1e300);
  rows.row(2).set(host, "b").set(s, "");
  rows.row(3).set(host, "a").set(i, (std::int64_t{1} << 53) + 1);
  EXPECT_EQ(batch, rows.build());
  ASSERT_TRUE(found.rejected);
  EXPECT_THAT(std::string(found.rejected->column("reason").text(0)), HasSubstr("unsignedLong"));
}

}  // namespace
}  // namespace weir::influx_source
