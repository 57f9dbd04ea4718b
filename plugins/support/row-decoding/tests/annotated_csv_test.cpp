// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <weir/testing.hpp>

#include "decode.hpp"

namespace weir::rows {
namespace {

constexpr const char* text =
    "#group,false,false,true,true,false,false,true,true,true\r\n"
    "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,"
    "string\r\n"
    "#default,mean,,,,,,,,\r\n"
    ",result,table,_start,_stop,_time,_value,_field,_measurement,target\r\n"
    ",,0,2025-11-12T22:00:00Z,2025-11-12T23:00:00Z,2025-11-12T22:10:00Z,1.5,bandwidth,net,a\r\n"
    ",,0,2025-11-12T22:00:00Z,2025-11-12T23:00:00Z,2025-11-12T22:20:00Z,oops,bandwidth,net,a\r\n"
    ",,1,2025-11-12T22:00:00Z,2025-11-12T23:00:00Z,2025-11-12T22:10:00Z,32,latency,net,a\r\n"
    "\r\n"
    "#group,false,false,true,true,false,false,true,true,true\r\n"
    "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,long,string,string,"
    "string\r\n"
    "#default,mean,,,,,,,,\r\n"
    ",result,table,_start,_stop,_time,_value,_field,_measurement,target\r\n"
    ",,2,2025-11-12T22:00:00Z,2025-11-12T23:00:00Z,2025-11-12T22:10:00Z,7,hops,net,b\r\n";

TEST(AnnotatedCsv, FieldsOfOneSeriesAndTimeBecomeOneRow) {
  for (const std::size_t piece : {std::size_t{1} << 20U, std::size_t{50}}) {
    const Decoded got = decode(make_annotated_csv_decoder({}), text, piece);
    ASSERT_EQ(got.batches.size(), 1U);
    const Batch& batch = got.batches.front();
    EXPECT_EQ(batch.measurement(), "net");
    ASSERT_EQ(batch.rows(), 2U);
    EXPECT_EQ(batch.column("target").role(), Role::tag);
    EXPECT_EQ(batch.column("target").text(0), "a");
    EXPECT_EQ(batch.column("bandwidth").doubles()[0], 1.5);
    EXPECT_EQ(batch.column("latency").doubles()[0], 32);
    EXPECT_TRUE(batch.column("hops").is_null(0));
    EXPECT_EQ(batch.column("hops").integers()[1], 7);
    ASSERT_EQ(got.rejections.size(), 1U);
    EXPECT_EQ(got.rejections[0].line, 6U);
  }
}

}  // namespace
}  // namespace weir::rows
