// SPDX-License-Identifier: Apache-2.0
#include "number_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace weir::rows {
namespace {

std::string text_of(double value) {
  std::array<char, most_number_text> text{};
  return {text.data(), write_double(text.data(), value)};
}
std::string text_of(std::int64_t value) {
  std::array<char, most_number_text> text{};
  return {text.data(), write_integer(text.data(), value)};
}

TEST(NumberText, WritesDoublesInFewDigits) {
  EXPECT_EQ(text_of(0.0), "0");
  EXPECT_EQ(text_of(-0.0), "-0");
  EXPECT_EQ(text_of(12.345), "12.345");
  EXPECT_EQ(text_of(-0.05), "-0.05");
  EXPECT_EQ(text_of(0.1), "0.1");
  EXPECT_EQ(text_of(100000.0), "100000");
  EXPECT_EQ(text_of(0.000001), "0.000001");
  EXPECT_EQ(text_of(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(text_of(-0.1 - 0.2), "-0.30000000000000004");
  EXPECT_EQ(text_of(1e300), "1e+300");
}

TEST(NumberText, EveryDoubleReadsBackTheSame) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> small(-1e10, 1e10);
  for (int i = 0; i < 200'000; ++i) {
    const double any = std::bit_cast<double>(random());
    const double decimal = std::round(small(random) * 1e3) / 1e3;
    const double micro = std::round(small(random) / 1e5 * 1e6) / 1e6;
    for (const double value : {any, decimal, micro, small(random)}) {
      if (!std::isfinite(value)) continue;
      const auto back = parse_double(text_of(value));
      ASSERT_TRUE(back) << text_of(value);
      ASSERT_EQ(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(value))
          << text_of(value);
    }
  }
}

TEST(NumberText, WritesIntegersOfEveryLength) {
  EXPECT_EQ(text_of(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(text_of(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  std::int64_t value = 1;
  for (int digits = 1; digits < 19; ++digits, value *= 10) {
    for (const std::int64_t near : {value - 1, value, value + 1, -value}) {
      EXPECT_EQ(text_of(near), std::to_string(near));
    }
  }
}

TEST(NumberText, TakesNothingThatIsNoNumber) {
  EXPECT_EQ(parse_integer("+5"), 5);
  EXPECT_EQ(parse_double("1e3"), 1000);
  for (const char* text : {"", "+", "+-5", "5x", " 5", "9223372036854775808"})
    EXPECT_FALSE(parse_integer(text)) << text;
  for (const char* text : {"", "nan", "inf", "-inf", "1e999", "1,5", "0x10"})
    EXPECT_FALSE(parse_double(text)) << text;
}

TEST(NumberText, ExactDecimalsAgreeWithTheCarefulParser) {
  EXPECT_EQ(exact_decimal(12345, -3), 12.345);
  EXPECT_EQ(exact_decimal(3, -1), 0.3);
  EXPECT_FALSE(exact_decimal((std::uint64_t{1} << 53U) + 1, 0));
  EXPECT_FALSE(exact_decimal(1, -23));
}

}  // namespace
}  // namespace weir::rows
