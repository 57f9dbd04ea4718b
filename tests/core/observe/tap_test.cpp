// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/observe/row_filter.hpp"
#include "core/observe/tap_places.hpp"
#include "core/runtime/row_text.hpp"
#include "core/runtime/tap.hpp"
#include "observe_testing.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

using ::testing::HasSubstr;

Batch two_rows() {
  BatchBuilder rows("icmp");
  const auto target = rows.tag("target");
  const auto rtt = rows.field<double>("rtt_ms", "ms");
  const auto up = rows.field<bool>("up");
  rows.row(1'000'000'000).set(target, "10.0.0.1").set(rtt, 1.5).set(up, true);
  rows.row(2'000'000'000).set(target, "10.0.0.10").set(up, false);
  return rows.build();
}

bool holds(const std::string& condition, std::size_t row) {
  return RowFilter({condition}).holds(two_rows(), row);
}

TEST(RowFilter, ComparesByTheColumnsType) {
  EXPECT_TRUE(holds("target=10.0.0.1", 0));
  EXPECT_FALSE(holds("target=10.0.0.1", 1));  // as a whole, not its beginning
  EXPECT_TRUE(holds("target!=10.0.0.1", 1));
  EXPECT_TRUE(holds("rtt_ms>1", 0));
  EXPECT_TRUE(holds("rtt_ms>=1.5", 0));
  EXPECT_FALSE(holds("rtt_ms<1.5", 0));
  EXPECT_TRUE(holds("rtt_ms<=1.50", 0));
  EXPECT_TRUE(holds("rtt_ms==1.5", 0));
  EXPECT_TRUE(holds("up=false", 1));
  EXPECT_TRUE(holds("time>1970-01-01T00:00:01Z", 1));
  EXPECT_FALSE(holds("time>1970-01-01T00:00:01Z", 0));
  EXPECT_TRUE(holds("weir.measurement=icmp", 0));
}

TEST(RowFilter, NullsAndMissingColumnsMeetNothing) {
  for (const char* condition : {"rtt_ms>0", "rtt_ms<9", "rtt_ms!=3", "other=1", "rtt_ms=fast"}) {
    EXPECT_FALSE(holds(condition, 1)) << condition;
  }
  EXPECT_FALSE(holds("rtt_ms>fast", 0));
}

TEST(RowFilter, AllConditionsMustHoldAndNoneHoldsForAll) {
  EXPECT_TRUE(RowFilter({"target=10.0.0.1", "rtt_ms>1"}).holds(two_rows(), 0));
  EXPECT_FALSE(RowFilter({"target=10.0.0.1", "rtt_ms>2"}).holds(two_rows(), 0));
  EXPECT_TRUE(RowFilter().holds(two_rows(), 1));
}

TEST(RowFilter, SaysWhatAConditionLooksLike) {
  for (const char* wrong : {"", "target", "=3", "!3", "a!b"}) {
    EXPECT_THROW(RowFilter({wrong}), Error) << wrong;
  }
}

TEST(RowText, LeavesNullsOut) {
  EXPECT_EQ(
      runtime::row_text(two_rows(), 1),
      R"({"time":"1970-01-01T00:00:02Z","target":"10.0.0.10","up":false,"weir.measurement":"icmp"})");
}

TEST(TapPlaces, OfASinkAreThoseThatFeedIt) {
  const RunFacts facts = small_run().facts;
  const auto places = places_of(facts, "store", "");
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].node, "ping");
  EXPECT_EQ(places[0].port, 0U);
}

TEST(TapPlaces, NamesWhatThereIs) {
  const RunFacts facts = small_run().facts;
  const auto message = [&](const char* node, const char* port) -> std::string {
    try {
      (void)places_of(facts, node, port);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message("pong", ""), HasSubstr("did you mean 'ping'? (ping, store)"));
  EXPECT_THAT(message("ping", "late"), HasSubstr("it has out"));
  EXPECT_THAT(message("store", "out"), HasSubstr("it has rejected"));
}

TEST(Tap, TakesWhatLeavesItsPlacesAndDropsWhatDoesNotFit) {
  runtime::Taps taps;
  const runtime::Parcel parcel = runtime::make_parcel(two_rows());
  taps.offer("ping", 0, parcel);  // nobody looks yet
  const auto tap = std::make_shared<runtime::Tap>(std::vector<runtime::Tap::Place>{{"ping", 1}});
  taps.add(tap);
  taps.offer("ping", 0, parcel);
  taps.offer("pong", 1, parcel);
  EXPECT_TRUE(tap->take().empty());
  for (std::size_t i = 0; i < runtime::Tap::most_batches + 3; ++i) taps.offer("ping", 1, parcel);
  EXPECT_EQ(tap->take().size(), runtime::Tap::most_batches);
  EXPECT_EQ(tap->dropped_rows(), 6U);
  taps.offer("ping", 1, parcel);
  EXPECT_EQ(tap->take().size(), 1U);
}

TEST(Tap, HoldsBoundedMemoryButAlwaysOneBatch) {
  runtime::Taps taps;
  const auto tap = std::make_shared<runtime::Tap>(std::vector<runtime::Tap::Place>{{"ping", 0}});
  taps.add(tap);
  runtime::Parcel parcel = runtime::make_parcel(two_rows());
  parcel.bytes = runtime::Tap::most_bytes + 1;
  taps.offer("ping", 0, parcel);
  taps.offer("ping", 0, parcel);
  EXPECT_EQ(tap->take().size(), 1U);
  EXPECT_EQ(tap->dropped_rows(), 2U);
}

TEST(Tap, GoesWithItsOwner) {
  runtime::Taps taps;
  auto tap = std::make_shared<runtime::Tap>(std::vector<runtime::Tap::Place>{{"ping", 0}});
  const std::weak_ptr<runtime::Tap> left = tap;
  taps.add(tap);
  tap.reset();
  taps.offer("ping", 0, runtime::make_parcel(two_rows()));
  EXPECT_TRUE(left.expired());
}

}  // namespace
}  // namespace weir::core::observe
