// SPDX-License-Identifier: Apache-2.0
#include "core/observe/top_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/observe/view_json.hpp"
#include "observe_testing.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TopView seen(const RunView& view) { return parse_view(to_json(view)); }

TEST(Top, ShowsRatesBetweenTwoViewsBelowWhatFeedsANode) {
  RunView first = small_run();
  RunView second = small_run();
  second.snapshot.now += seconds{2};
  second.snapshot.nodes[0].rows_out = 3000;
  second.snapshot.nodes[1].rows_in = 2000;
  second.snapshot.nodes[1].busy = seconds{1};
  second.snapshot.nodes[1].queued_bytes = 50;
  second.snapshot.nodes[1].queue_capacity = 100;
  second.snapshot.nodes[1].retries = 4;
  const std::string text = top_text(seen(first), seen(second), {});
  EXPECT_EQ(text,
            "weir monitor   ready   pid 42   0 MB   cpu 0%\n"
            "\n"
            "node      state    in/s  out/s  queue          time  retries  errors  lost  call\n"
            "ping      waiting     0   1.5k                   0%        0       0     0\n"
            "└─ store  waiting    1k      0  ████░░░░  50%   50%        4       0     0\n");
}

TEST(Top, DrawsADiamondOnceAndNamesPorts) {
  RunView view = small_run();
  view.facts.nodes.push_back({"both", "file-sink", "sink", {}, {{"store", "late"}, {"ping", ""}}});
  view.snapshot.nodes.push_back(view.snapshot.nodes[1]);
  view.snapshot.nodes.back().name = "both";
  const std::string text = top_text(seen(view), seen(view), {.unicode = false});
  EXPECT_THAT(text, HasSubstr("\n|- store "));
  EXPECT_THAT(text, HasSubstr("\n|  `- late: both "));
  EXPECT_THAT(text, HasSubstr("\n`- both (see above)\n"));
}

TEST(Top, NamesOfAFileReachNoTerminalAsCommands) {
  RunView view = small_run();
  view.facts.nodes[0].name = view.snapshot.nodes[0].name = "pi\x1b[2Jng";
  view.facts.pipeline = "a\x07";
  view.snapshot.nodes[1].failure = "no \x1b]0;title\x07";
  EXPECT_THAT(top_text(seen(view), seen(view), {}), Not(HasSubstr("\x1b")));
}

TEST(Top, CutsLinesToTheTerminalByCharacters) {
  RunView view = small_run();
  view.snapshot.nodes[0].failure = "äöü";
  view.snapshot.nodes[0].state = "failed";
  EXPECT_THAT(top_text(seen(view), seen(view), {.width = 34}),
              HasSubstr("! node ping has failed for good: ä\n"));
}

TEST(Top, ARunThatWasMadeAnewHasNoNegativeRates) {
  RunView first = small_run();
  first.snapshot.nodes[0].rows_out = 1000;
  RunView second = small_run();
  second.snapshot.now += seconds{1};
  EXPECT_THAT(top_text(seen(first), seen(second), {}), Not(HasSubstr("-")));
}

TEST(Top, AnAnswerThatIsNotUnderstoodIsAnError) {
  EXPECT_THROW((void)parse_view("{}"), Error);
  EXPECT_THROW((void)parse_view("[1"), Error);
  EXPECT_THROW((void)parse_view(R"({"error":"no"})"), Error);
  EXPECT_THAT([] { (void)parse_view(R"({"pipeline":"p","pid":1e84})"); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("pid is no whole number")));
}

TEST(ShortNumber, IsRightWhateverAnAnswerClaims) {
  EXPECT_EQ(short_number(-1e30), "-1000000000000000019884624838656");
  EXPECT_EQ(short_number(1e308).size(), 301U) << "1e299 G";
}

TEST(ShortNumber, HasAtMostFourCharacters) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.5), "0.5");
  EXPECT_EQ(short_number(12.3), "12");
  EXPECT_EQ(short_number(999.4), "999");
  EXPECT_EQ(short_number(1000), "1k");
  EXPECT_EQ(short_number(1234), "1.2k");
  EXPECT_EQ(short_number(999'900), "1.0M");
}

}  // namespace
}  // namespace weir::core::observe
