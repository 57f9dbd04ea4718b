// SPDX-License-Identifier: Apache-2.0
#include "flux.hpp"

#include <gtest/gtest.h>

#include "flux_answer.hpp"

namespace weir::influx_source::flux {
namespace {

using std::string_view_literals::operator""sv;

TEST(Flux, NothingEscapesItsQuotes) {
  EXPECT_EQ(literal("rtt"), R"("rtt")");
  EXPECT_EQ(literal(R"(a") |> drop() //\)"), R"("a\") |> drop() //\\")");
  EXPECT_EQ(literal("${1 + 1} costs $5 {x}"), R"("\${1 + 1} costs $5 {x}")");
  EXPECT_EQ(literal("line\n\ttab\0nul é"sv), R"("line\x0a\x09tab\x00nul é")");
}

TEST(Flux, TheRequestIsJson) {
  EXPECT_EQ(request("a \"b\"\nc"),
            R"({"query":"a \"b\"\u000ac","type":"flux","dialect":{)"
            R"("annotations":["datatype","group","default"],"header":true}})");
}

TEST(Flux, WindowsFilterByMeasurementTagsAndFields) {
  Wish wish;
  wish.store = "my \"bucket\"";
  EXPECT_EQ(window(wish, {"m", {}}, 0, 1'500'000'000),
            R"(from(bucket: "my \"bucket\"") |> range(start: 1970-01-01T00:00:00Z, )"
            R"(stop: 1970-01-01T00:00:01.500Z) |> filter(fn: (r) => r._measurement == "m"))");
  wish.tags = {{"area", "no*th"}, {"ho\"st", "a"}};
  EXPECT_EQ(window(wish, {"m", {"x", "y"}}, 0, 1),
            R"(from(bucket: "my \"bucket\"") |> range(start: 1970-01-01T00:00:00Z, )"
            R"(stop: 1970-01-01T00:00:00.000000001Z) |> filter(fn: (r) => r._measurement == "m")"
            R"( and r["ho\"st"] == "a" and (r._field == "x" or r._field == "y")))");
}

TEST(FluxAnswer, AColumnOfAllTables) {
  EXPECT_EQ(read_column("#datatype,string,long,string\r\n#group,false,false,false\r\n"
                        "#default,_result,,\r\n,result,table,_value\r\n,,0,a\r\n,,0,\"b,\"\"c\"\r\n"
                        "\r\n#datatype,string,string\r\n,_value,result\r\n,d,x\r\n",
                        "_value"),
            (std::vector<std::string>{"a", "b,\"c", "d"}));
  EXPECT_TRUE(read_column("", "_value").empty());
  EXPECT_TRUE(read_column("\r\n", "_value").empty());
  EXPECT_TRUE(read_column(",result,table\r\n,,0\r\n", "_value").empty());
}

TEST(FluxAnswer, HostileTexts) {
  EXPECT_THROW((void)read_column(
                   "#datatype,string,string\r\n,error,reference\r\n,it failed,897\r\n", "_value"),
               RetryLater);
  EXPECT_THROW((void)read_column(",_value\r\n,\"never closed\r\n", "_value"), Fatal);
  EXPECT_THROW((void)read_column(",_value\r\n,\"a\"b\r\n", "_value"), Fatal);
  EXPECT_EQ(read_column(",result,_value\r\n,short\r\n,a,b,too,long\r\n", "_value"),
            std::vector<std::string>{"b"});
  EXPECT_TRUE(read_column("_value\r\na\r\n", "_value").empty()) << "the first column is none";
}

}  // namespace
}  // namespace weir::influx_source::flux
