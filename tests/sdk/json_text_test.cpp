// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <weir/json_text.hpp>

namespace weir {
namespace {

TEST(JsonText, EscapesWhatWouldEndAString) {
  JsonText json;
  json.value(std::string_view("a\"b\\c\n\t\x01\x1f/\x7f\xc3\xa9\0z", 15));
  EXPECT_EQ(json.take(), "\"a\\\"b\\\\c\\u000a\\u0009\\u0001\\u001f/\x7f\xc3\xa9\\u0000z\"");
  json.begin_object().key("\"}").value("</script>").end_object();
  EXPECT_EQ(json.take(), R"({"\"}":"</script>"})");
}

TEST(JsonText, PlacesCommas) {
  JsonText json;
  json.begin_object().key("a").begin_array().end_array().key("b").begin_array();
  json.value(1).value(-2.5).value(true).null().begin_object().end_object().raw("[3]");
  json.end_array().key("c").value("x").end_object();
  EXPECT_EQ(json.take(), R"({"a":[],"b":[1,-2.5,true,null,{},[3]],"c":"x"})");
  json.value(2);
  EXPECT_EQ(json.take(), "2") << "it begins anew after take";
}

TEST(JsonText, WritesNumbersThatReadBackTheSame) {
  JsonText json;
  json.begin_array().value(0.1).value(1e300).value(5e-324).value(
      std::numeric_limits<std::int64_t>::min());
  json.value(std::numeric_limits<std::uint64_t>::max()).end_array();
  EXPECT_EQ(json.take(), "[0.1,1e+300,5e-324,-9223372036854775808,18446744073709551615]");
}

TEST(JsonText, HasNoWordForNotANumber) {
  JsonText json;
  json.begin_array().value(std::nan("")).value(HUGE_VAL).value(-HUGE_VALF).end_array();
  EXPECT_EQ(json.take(), "[null,null,null]");
}

}  // namespace
}  // namespace weir
