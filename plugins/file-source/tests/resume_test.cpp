// SPDX-License-Identifier: Apache-2.0
// A source that is told what is stored, and goes on there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <weir/testing.hpp>

#include "file_source.hpp"

namespace weir::file_source {
namespace {

using testing::Bench;
using testing::OptionTexts;

TEST(Progress, OnlyWhatIsStoredWithoutAGapIsPassed) {
  Progress progress;
  const auto first = progress.begin({"f", 10, 2, 10}, 2);
  const auto second = progress.begin({"f", 20, 3, 10}, 1);
  progress.acknowledge(std::vector{second, first});
  EXPECT_FALSE(progress.stored()) << "one batch of the first is not stored";
  progress.acknowledge(std::vector{first});
  EXPECT_EQ(progress.stored()->offset, 20U);
  progress.acknowledge(std::vector<std::uint64_t>{first, 99, 0});
  EXPECT_EQ(progress.stored()->offset, 20U) << "unknown tokens change nothing";
}

class ResumeTest : public ::testing::Test {
 protected:
  ResumeTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-resume-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~ResumeTest() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text,
                    std::ios::openmode mode = std::ios::trunc) const {
    const std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary | std::ios::out | mode) << text;
    return path;
  }
  static OptionTexts options(const std::string& path) {
    return {{"path", path}, {"resume", "true"}, {"batch_rows", "10"}};
  }
  /// The rest of the file: "1 2 3".
  static std::string rest(Bench<FileSource>& bench) {
    for (int calls = 0; calls < 2000 && !std::holds_alternative<End>(bench.produce()); ++calls)
      continue;
    std::string text;
    for (const Batch& batch : bench.take()) {
      for (std::size_t row = 0; row < batch.rows(); ++row)
        text += std::to_string(batch.times()[row]) + " ";
    }
    return text;
  }
  /// The state after the first `batches` of 10 rows were stored and the next was not.
  static std::string state_after(const OptionTexts& given, int batches) {
    Bench<FileSource> bench(given, {});
    for (int i = 0; i <= batches; ++i) (void)bench.produce();
    auto tokens = bench.take_tokens();
    tokens.resize(static_cast<std::size_t>(batches));
    bench.acknowledge(tokens);
    return bench.save_state();
  }
  static std::string count_up(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += std::to_string(i) + " ";
    return text;
  }
  static std::string csv(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i)
      text += std::to_string(i) + "," + (i <= 20 ? "1" : "2") + ",x\n";
    return text;
  }
  static std::string json(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i)
      text += R"({"time":)" + std::to_string(i) +
              R"(,"v":1})"
              "\n";
    return text;
  }
  static OptionTexts in_ns(OptionTexts given) {
    given.emplace_back("time_format", "ns");
    return given;
  }

  std::filesystem::path folder_;
};

TEST_F(ResumeTest, GoesOnBehindWhatIsStoredInEachFormat) {
  std::string lines;
  for (int i = 1; i <= 45; ++i) lines += "m v=1 " + std::to_string(i) + "\n";
  for (const std::string& path : {write("a.csv", "\xEF\xBB\xBFtime,v,t\n" + csv(1, 45)),
                                  write("a.jsonl", json(1, 45)), write("a.lp", lines)}) {
    const OptionTexts given = in_ns(options(path));
    for (int batches = 1; batches < 4; ++batches) {
      Bench<FileSource> after(given, {});
      after.load_state(state_after(given, batches));
      EXPECT_EQ(rest(after), count_up(10 * batches + 1, 45)) << path;
      after.acknowledge(after.take_tokens());
      Bench<FileSource> done(given, {});
      done.load_state(after.save_state());
      EXPECT_EQ(rest(done), "") << path;
    }
  }
}

TEST_F(ResumeTest, TypesAndLinesAreThoseOfTheFirstTime) {
  // 8192 rows tell the types; the state is of the second batch of ten.
  const std::string path = write("a.csv", "time,v,t\n" + csv(1, 9000) + "9001,1.5,x\n");
  const OptionTexts given = in_ns(options(path));
  Bench<FileSource> straight(given, {});
  (void)rest(straight);
  const auto expected = straight.take("rejected");
  Bench<FileSource> after(given, {});
  after.load_state(state_after(given, 2));
  EXPECT_EQ(rest(after), count_up(21, 9000));
  ASSERT_FALSE(expected.empty());
  const auto rejected = after.take("rejected");
  ASSERT_FALSE(rejected.empty());
  EXPECT_EQ(rejected.back().column("line").integers()[0], 9002);
  EXPECT_EQ(rejected.back(), expected.back()) << "1.5 does not fit whole numbers, then as before";
}

TEST_F(ResumeTest, WhatWasSeenLaterTellsNoOtherType) {
  const OptionTexts given = in_ns(options(write("a.jsonl", json(1, 45))));
  Bench<FileSource> first(given, {});
  (void)rest(first);
  first.acknowledge(first.take_tokens());
  write("a.jsonl",
        R"({"time":46,"v":1.5})"
        "\n",
        std::ios::app);
  Bench<FileSource> second(given, {});
  second.load_state(first.save_state());
  EXPECT_EQ(rest(second), "") << "v holds whole numbers";
  EXPECT_EQ(second.take("rejected").size(), 1U);
}

TEST_F(ResumeTest, AFileThatGrowsIsReadOn) {
  const std::string path = write("a.jsonl", json(1, 5));
  const OptionTexts given = in_ns(options(path));
  Bench<FileSource> first(given, {});
  EXPECT_EQ(rest(first), count_up(1, 5));
  first.acknowledge(first.take_tokens());
  write("a.jsonl", json(6, 50), std::ios::app);
  Bench<FileSource> second(given, {});
  second.load_state(first.save_state());
  EXPECT_EQ(rest(second), count_up(6, 50));
}

TEST_F(ResumeTest, OfSeveralFilesThoseBeforeAreDone) {
  write("a.jsonl", json(1, 20));
  write("b.jsonl", json(21, 40));
  write("c.jsonl", json(41, 50));
  const OptionTexts given = in_ns(options(folder_ / "*.jsonl"));
  const std::string state = state_after(given, 3);
  Bench<FileSource> after(given, {});
  after.load_state(state);
  EXPECT_EQ(rest(after), count_up(31, 50));
  std::filesystem::remove(folder_ / "b.jsonl");
  EXPECT_THROW(Bench<FileSource>(given, {}).load_state(state), Error);
}

TEST_F(ResumeTest, AnotherFileIsRefused) {
  const std::string path = write("a.jsonl", json(1, 45));
  const OptionTexts given = in_ns(options(path));
  const std::string state = state_after(given, 3);
  const auto refusal = [&] {
    try {
      Bench<FileSource>(given, {}).load_state(state);
    } catch (const Error& problem) {
      return std::string(problem.what());
    }
    return std::string("none");
  };
  write("a.jsonl", json(1, 20));
  EXPECT_THAT(refusal(), ::testing::HasSubstr("shorter"));
  write("a.jsonl", json(2, 46));
  EXPECT_THAT(refusal(), ::testing::HasSubstr("is not the file that was read"));
  write("a.jsonl", json(1, 99));
  EXPECT_EQ(refusal(), "none");
}

TEST_F(ResumeTest, EveryTruncationIsRefused) {
  const OptionTexts given = in_ns(options(write("a.jsonl", json(1, 45))));
  const std::string state = state_after(given, 2);
  for (std::size_t size = 0; size < state.size(); ++size)
    EXPECT_THROW(Bench<FileSource>(given, {}).load_state(state.substr(0, size)), Error) << size;
}

TEST_F(ResumeTest, WithoutItNothingIsKept) {
  const std::string path = write("a.jsonl", json(1, 5));
  Bench<FileSource> bench({{"path", path}}, {});
  (void)bench.produce();
  EXPECT_TRUE(bench.take_tokens().empty());
  EXPECT_THROW((void)bench.save_state(), RetryLater);
}

TEST_F(ResumeTest, WhereItCannotBeItIsRefused) {
  const std::string pipe = folder_ / "pipe.jsonl";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::fstream both_ends(pipe, std::ios::in | std::ios::out);
  EXPECT_THROW(Bench<FileSource>(options(pipe), {}), Fatal);
  Bench<FileSource> annotated(options(write("a.csv", "#datatype,string,long\n")), {});
  EXPECT_THROW((void)annotated.produce(), Fatal);
}

}  // namespace
}  // namespace weir::file_source
