// SPDX-License-Identifier: Apache-2.0
#include "example_sink.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <iterator>
#include <string>
#include <weir/testing.hpp>

namespace {

using weir::testing::Bench;

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ExampleSink, WritesALinePerRow) {
  const std::string path = testing::TempDir() + "example-sink.txt";
  std::remove(path.c_str());
  weir::BatchBuilder rows("icmp");
  const auto target = rows.tag("target");
  const auto rtt = rows.field<double>("rtt_ms", "ms");
  rows.row(0).set(target, "10.0.0.1").set(rtt, 1.25);
  rows.row(1'500'000'000).set(target, "10.0.0.2");  // no answer: null

  Bench<ExampleSink>({{"path", path}}).process(rows.build()).flush();
  EXPECT_EQ(content(path),
            "1970-01-01T00:00:00Z icmp target=10.0.0.1 rtt_ms=1.25\n"
            "1970-01-01T00:00:01.500Z icmp target=10.0.0.2\n");
}

TEST(ExampleSink, DoesNotStartWithoutItsFile) {
  EXPECT_THROW(Bench<ExampleSink>({{"path", "/no/such/folder/file"}}), weir::Fatal);
}

}  // namespace
