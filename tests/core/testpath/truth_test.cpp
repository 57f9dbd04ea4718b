// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/truth.hpp"

#include <gtest/gtest.h>

#include "weir/error.hpp"

namespace weir::core::testpath {
namespace {

Record record(std::uint64_t order, Cause cause, std::vector<Nanos> departed) {
  return {.order = order,
          .arrived = Nanos{1'000'000'007},
          .packet = {.kind = order == 0 ? Kind::reply : Kind::request,
                     .destination = *parse_address(order % 2 == 0 ? "10.77.0.9" : "fd77::9"),
                     .identifier = 65535,
                     .sequence = 3,
                     .number = 4'000'000'000},
          .bytes = 84,
          .cause = cause,
          .departed = std::move(departed)};
}

TEST(Truth, GoesOutAndComesBack) {
  std::vector<Record> all{
      record(0, Cause::passed, {Nanos{5}}), record(1, Cause::passed, {Nanos{5}, Nanos{9}}),
      record(2, Cause::random, {}),         record(3, Cause::burst, {}),
      record(4, Cause::outage, {}),         record(5, Cause::queue, {}),
      record(6, Cause::passed, {})};
  all.back().finished = false;
  std::string log = "# a comment\n\n";
  for (auto one = all.rbegin(); one != all.rend(); ++one) log += to_line(*one);
  EXPECT_EQ(parse_truth(log), all) << "in the order of arrival";
}

TEST(Truth, AMalformedLineIsNamed) {
  const std::string good = to_line(record(0, Cause::passed, {Nanos{5}}));
  for (const std::string& line :
       {std::string("0 1 request 10.77.0.9 1 2 3"), std::string("x") + good,
        good.substr(0, good.size() - 1) + " 6 7\n",
        std::string("0 1 request 10.77.0 1 2 3 84 passed 5"),
        std::string("0 1 request 10.77.0.9 1 2 3 84 vanished 5"),
        std::string("0 1 fish 10.77.0.9 1 2 3 84 passed 5"),
        std::string("0 1 request 10.77.0.9 1 2 3 84 random 5"),
        std::string("0 1 request 10.77.0.9 1 2 3 84 passed"),
        std::string("0 1 request 10.77.0.9 70000 2 3 84 passed 5")}) {
    try {
      (void)parse_truth(good + line);
      ADD_FAILURE() << line << " was taken";
    } catch (const Error& problem) {
      EXPECT_NE(std::string(problem.what()).find("line 2"), std::string::npos) << problem.what();
    }
  }
}

}  // namespace
}  // namespace weir::core::testpath
