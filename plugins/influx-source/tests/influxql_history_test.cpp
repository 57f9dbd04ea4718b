// SPDX-License-Identifier: Apache-2.0
// Paging, against a server in a function that knows a few rows and the LIMIT.
#include "influxql_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <weir/testing.hpp>

namespace weir::influx_source {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::int64_t number_after(const std::string& text, const std::string& word, std::int64_t none) {
  const std::size_t at = text.find(word);
  return at == std::string::npos ? none : std::stoll(text.substr(at + word.size()));
}

class Server {
 public:
  std::vector<std::int64_t> times;
  std::size_t most_rows = 1'000'000;  ///< more are too long
  std::string field_keys = R"(["v","integer"])";
  std::vector<std::string> queries;
  int failures = 0;  ///< so many calls fail first

  std::string operator()(const std::string& query) {
    queries.push_back(query);
    if (failures > 0) {
      --failures;
      throw RetryLater("away");
    }
    if (query == "SHOW MEASUREMENTS") return answer(R"(["m"])");
    if (query == R"(SHOW FIELD KEYS FROM "m")") return answer(field_keys);
    if (query == R"(SHOW TAG KEYS FROM "m")") return answer(R"(["host"])");
    const std::int64_t from = number_after(query, "time >= ", -1000);
    const auto limit = static_cast<std::size_t>(number_after(query, "LIMIT ", 0));
    std::string rows;
    std::size_t count = 0;
    for (const std::int64_t time : times) {
      if (time < from || count == limit) continue;
      const std::string text = std::to_string(time);
      ++count;
      rows += (rows.empty() ? "[" : ",[") + text + ",\"h" + std::to_string(count % 2) + "\"," +
              text + "]";
    }
    if (count > most_rows) throw TooLong("long");
    return answer(rows);
  }

 private:
  static std::string answer(const std::string& rows) {
    return R"({"results":[{"series":[{"values":[)" + rows + "]}]}]}";
  }
};

std::vector<std::int64_t> read(Server& server, std::size_t batch_rows, Wish wish = {},
                               std::vector<std::string>* logs = nullptr) {
  wish.batch_rows = batch_rows;
  InfluxqlHistory history(
      wish, [&](const std::string& query) { return server(query); },
      [&](Level, const std::string& line) {
        if (logs != nullptr) logs->push_back(line);
      });
  std::vector<std::int64_t> times;
  for (int calls = 0; calls < 10'000; ++calls) {
    Found found;
    bool more = true;
    try {
      more = history.step(found);
    } catch (const RetryLater&) {
      continue;
    }
    for (const Batch& batch : found.rows) {
      EXPECT_EQ(batch.measurement(), "m");
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        EXPECT_EQ(batch.column("v").integers()[row], batch.times()[row]);
        times.push_back(batch.times()[row]);
      }
    }
    if (!more) return times;
  }
  ADD_FAILURE() << "the history does not end";
  return times;
}

TEST(InfluxqlHistory, PagesLoseAndRepeatNothingAlsoWhereTimesAreEqual) {
  Server server;
  server.times = {-7, 0, 0, 0, 0, 0, 1, 2, 2, 3, 4, 5, 5, 5, 6};
  for (const std::size_t size : {1U, 2U, 3U, 4U, 5U, 14U, 15U, 16U, 1000U})
    EXPECT_EQ(read(server, size), server.times) << size;
}

TEST(InfluxqlHistory, AFailedRequestIsMadeAgain) {
  Server server;
  server.times = {1, 2, 3, 4, 5};
  server.failures = 4;
  EXPECT_EQ(read(server, 2), server.times);
}

TEST(InfluxqlHistory, AnAnswerThatIsTooLongIsAskedForInSmallerPages) {
  Server server;
  for (std::int64_t i = 0; i < 100; ++i) server.times.push_back(i);
  server.most_rows = 9;
  EXPECT_EQ(read(server, 64), server.times);
  server.most_rows = 0;
  EXPECT_THROW((void)read(server, 64), Fatal);
  server.most_rows = 3;
  server.times = {1, 1, 1, 1, 1, 1};
  EXPECT_THROW((void)read(server, 2), Fatal) << "more at one time than an answer may hold";
}

TEST(InfluxqlHistory, AFieldOfSeveralTypesIsReadAsTheServerWouldAndTheOthersAreNamed) {
  Server server;
  server.field_keys =
      R"(["v","string"],["v","float"],["v","integer"],["host","float"],["w","boolean"])";
  server.times = {1};
  std::vector<std::string> logs;
  Wish wish;
  wish.fields = {"v", "h*"};
  InfluxqlHistory history(
      wish, [&](const std::string& query) { return server(query); },
      [&](Level, const std::string& line) { logs.push_back(line); });
  Found found;
  while (history.step(found)) continue;
  EXPECT_THAT(server.queries.back(), HasSubstr(R"(SELECT "host"::tag, "v"::float FROM)"));
  EXPECT_THAT(logs, ElementsAre(HasSubstr("v (integer), v (string), host (also a tag)")));
}

TEST(InfluxqlHistory, WhatIsNotThereIsOneLine) {
  Server server;
  server.times = {1};
  std::vector<std::string> logs;
  Wish wish;
  wish.measurements = {"ping", "net*"};
  EXPECT_TRUE(read(server, 10, wish, &logs).empty());
  EXPECT_THAT(logs, ElementsAre(HasSubstr("holds no measurement 'ping, net*' yet")));
  logs.clear();
  wish = {};
  wish.fields = {"w"};
  EXPECT_TRUE(read(server, 10, wish, &logs).empty());
  EXPECT_THAT(logs, ElementsAre(HasSubstr("none of the wanted fields")));
}

TEST(InfluxqlHistory, PatternsOfTagsAreMatchedHere) {
  Server server;
  server.times = {1, 2, 3, 4};
  Wish wish;
  wish.tags = {{"host", "h1*"}};
  EXPECT_THAT(read(server, 10, wish), ElementsAre(1, 3));
  EXPECT_THAT(server.queries.back(), ::testing::Not(HasSubstr("h1")));
}

}  // namespace
}  // namespace weir::influx_source
