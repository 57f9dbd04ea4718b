// SPDX-License-Identifier: Apache-2.0
#include "saved_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <weir/error.hpp>

namespace weir::model_parts {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string example() {
  BytesWriter to("WEIRTEST", 2);
  to.put(1.5);
  to.put_text("two");
  to.put_list(std::vector<double>{3, 4});
  return to.seal();
}

void take_all(std::string_view bytes) {
  BytesReader from(bytes, "WEIRTEST", 2, "the test");
  EXPECT_EQ(from.take<double>(), 1.5);
  EXPECT_EQ(from.take_text(), "two");
  EXPECT_EQ(from.take_list<double>(), (std::vector<double>{3, 4}));
  from.end();
}

TEST(SavedBytes, ComeBackAsTheyWere) { take_all(example()); }

TEST(SavedBytes, EveryTruncationAndEveryFlippedBitIsRefused) {
  std::string bytes = example();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(take_all(std::string_view(bytes).substr(0, size)), Error) << size;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const auto mask = static_cast<char>(1 << bit % 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
    EXPECT_THROW(take_all(bytes), Error) << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
  }
  EXPECT_THROW(take_all(bytes + "x"), Error);
}

// With a right checksum: what a hostile file would carry.
TEST(SavedBytes, SizesAreNotBelieved) {
  for (const std::uint64_t size :
       {std::uint64_t{3}, std::uint64_t{1} << 40, std::numeric_limits<std::uint64_t>::max()}) {
    BytesWriter to("WEIRTEST", 2);
    to.put(size);
    to.put(1.0);
    to.put(2.0);
    const std::string bytes = to.seal();
    EXPECT_THROW((void)BytesReader(bytes, "WEIRTEST", 2, "it").take_list<double>(), Error) << size;
    EXPECT_THROW((void)BytesReader(bytes, "WEIRTEST", 2, "it").take_list<double>(2), Error) << size;
    if (size > 16) {
      EXPECT_THROW((void)BytesReader(bytes, "WEIRTEST", 2, "it").take_text(), Error) << size;
    }
  }
}

TEST(SavedBytes, SayWhatIsWrong) {
  const auto message = [](const std::string& part) {
    return ThrowsMessage<Error>(HasSubstr(part));
  };
  const std::string bytes = example();
  EXPECT_THAT([&] { BytesReader(bytes, "WEIRELSE", 2, "the other"); },
              message("the bytes of the other do not begin with WEIRELSE"));
  EXPECT_THAT([&] { BytesReader(bytes, "WEIRTEST", 3, "it"); }, message("of version 2"));
  BytesWriter to("WEIRTEST", 2);
  to.put(std::numeric_limits<double>::quiet_NaN());
  const std::string nan = to.seal();
  EXPECT_THAT([&] { (void)BytesReader(nan, "WEIRTEST", 2, "it").take<double>(); },
              message("not finite"));
  EXPECT_THAT([&] { BytesReader(bytes, "WEIRTEST", 2, "it").end(); }, message("go on"));
}

}  // namespace
}  // namespace weir::model_parts
