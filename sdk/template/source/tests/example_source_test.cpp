// SPDX-License-Identifier: Apache-2.0
#include "example_source.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <weir/testing.hpp>

namespace {

using weir::testing::Bench;

std::string file_with(const char* text) {
  std::string path = testing::TempDir() + "example-source.txt";
  std::ofstream(path) << text;
  return path;
}

TEST(ExampleSource, ReadsOnceAnInterval) {
  Bench<ExampleSource> bench(
      {{"path", file_with("0.50 0.25 1.00 1/100 42\n")}, {"interval", "5s"}});
  bench.produce_until(weir::Timestamp{std::chrono::seconds{12}});
  const auto batches = bench.take();
  ASSERT_EQ(batches.size(), 3U);  // at 0, 5 and 10 s
  EXPECT_EQ(batches[2].times()[0], 10'000'000'000);
  EXPECT_EQ(batches[2].column("load_1m").doubles()[0], 0.5);
  EXPECT_EQ(batches[2].column("load_15m").doubles()[0], 1.0);
}

TEST(ExampleSource, SaysWhatItCannotRead) {
  Bench<ExampleSource> bench({{"path", file_with("n/a\n")}});
  EXPECT_THROW((void)bench.produce(), weir::Error);
}

}  // namespace
