// SPDX-License-Identifier: Apache-2.0
#include "file_sink.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <weir/testing.hpp>

namespace weir::file_sink {
namespace {

using testing::batch;
using testing::Bench;

class FileSinkTest : public ::testing::Test {
 protected:
  FileSinkTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "weir-file-sink-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FileSinkTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string at(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path folder_;
};

TEST_F(FileSinkTest, WritesEachFormatByTheEndOfTheName) {
  for (const char* name : {"new/folder/a.csv", "a.jsonl", "a.lp"}) {
    Bench<FileSink> bench({{"path", at(name)}, {"sync", "true"}});
    bench.process(batch("v", {1.5, std::nullopt})).flush();
    EXPECT_FALSE(text(name).empty()) << "what is flushed is in the file";
    bench.finish();
  }
  EXPECT_EQ(text("new/folder/a.csv"), "time,v\n1970-01-01T00:00:00Z,1.5\n1970-01-01T00:00:01Z,\n");
  EXPECT_EQ(text("a.jsonl"),
            "{\"time\":\"1970-01-01T00:00:00Z\",\"measurement\":\"test\",\"v\":1.5}\n"
            "{\"time\":\"1970-01-01T00:00:01Z\",\"measurement\":\"test\"}\n");
  EXPECT_EQ(text("a.lp"), "test v=1.5 0\n");
}

TEST_F(FileSinkTest, AppendsUnderTheHeaderThatIsThere) {
  std::ofstream(at("a.csv")) << "time,w,v\n1970-01-01T00:00:00Z,1,2\ntorn";
  Bench<FileSink>({{"path", at("a.csv")}}).process(batch("v", {7})).finish();
  EXPECT_EQ(text("a.csv"), "time,w,v\n1970-01-01T00:00:00Z,1,2\ntorn\n1970-01-01T00:00:00Z,,7\n");
  Bench<FileSink>({{"path", at("a.csv")}, {"append", "false"}}).process(batch("v", {7})).finish();
  EXPECT_EQ(text("a.csv"), "time,v\n1970-01-01T00:00:00Z,7\n");
}

TEST_F(FileSinkTest, OneCsvFileHoldsOneMeasurement) {
  Bench<FileSink> one({{"path", at("a.csv")}});
  one.process(batch("v", {1}, "a"));
  EXPECT_THROW(one.process(batch("v", {1}, "b")), Rejected);
  EXPECT_THROW(one.process(batch("w", {1}, "a")), Rejected);
  one.process(batch("v", {2}, "a")).finish();
  EXPECT_EQ(text("a.csv"), "time,v\n1970-01-01T00:00:00Z,1\n1970-01-01T00:00:00Z,2\n");

  Bench<FileSink> many({{"path", at("{measurement}.csv")}});
  many.process(batch("v", {1}, "x")).process(batch("w", {2}, "../y")).finish();
  EXPECT_EQ(text("x.csv"), "time,v\n1970-01-01T00:00:00Z,1\n");
  EXPECT_EQ(text("_.._y.csv"), "time,w\n1970-01-01T00:00:00Z,2\n");
}

TEST(FileSinkPath, ANameNeverLeadsElsewhere) {
  EXPECT_EQ(path_for("o/{measurement}.csv", "icmp"), "o/icmp.csv");
  EXPECT_EQ(path_for("o/{measurement}", ".."), "o/_..");
  EXPECT_EQ(path_for("o/{measurement}", "/etc/passwd"), "o/_etc_passwd");
  EXPECT_EQ(path_for("o/{measurement}", "{measurement}"), "o/{measurement}");
  EXPECT_EQ(path_for("o/{measurement}", ""), "o/_");
}

TEST_F(FileSinkTest, RowsThatTheFormatCannotSayAreRejected) {
  BatchBuilder rows("m");
  const auto tag = rows.tag("t");
  const auto value = rows.field<double>("v");
  rows.row(1).set(tag, "bad\\").set(value, 1.0);
  rows.row(2).set(tag, "good").set(value, 2.0);
  Bench<FileSink> bench({{"path", at("a.lp")}});
  bench.process(rows.build()).finish();
  EXPECT_EQ(text("a.lp"), "m,t=good v=2 2\n");
  const Batch rejected = concatenate(bench.take("rejected"));
  ASSERT_EQ(rejected.rows(), 1U);
  EXPECT_FALSE(rejected.column("reason").text(0).empty());
}

TEST_F(FileSinkTest, AFullDiskLosesNothing) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  Bench<FileSink> bench({{"path", "/dev/full"}, {"format", "jsonl"}});
  bench.process(batch("v", {1}));
  EXPECT_THROW(bench.flush(), RetryLater);
  EXPECT_THROW(bench.flush(), RetryLater) << "the row still waits";
}

TEST_F(FileSinkTest, AFileThatCannotBeWrittenIsToldAtOnce) {
  EXPECT_THROW(Bench<FileSink>({{"path", "/proc/none/a.csv"}}), Fatal);
  EXPECT_THROW(Bench<FileSink>({{"path", at("a.unknown")}}), Fatal);
}

}  // namespace
}  // namespace weir::file_sink
