// SPDX-License-Identifier: Apache-2.0
#include "file_source.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <weir/testing.hpp>

namespace weir::file_source {
namespace {

using testing::Bench;
using testing::OptionTexts;

class FileSourceTest : public ::testing::Test {
 protected:
  FileSourceTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "weir-file-source-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FileSourceTest() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  struct Rows {
    std::vector<Batch> out;
    std::vector<Batch> rejected;
    [[nodiscard]] Batch all() const { return concatenate(out); }
  };
  static Rows read(const OptionTexts& options) {
    Bench<FileSource> bench(options, {});
    for (int calls = 0; calls < 100'000 && !std::holds_alternative<End>(bench.produce()); ++calls)
      continue;
    return {bench.take("out"), bench.take("rejected")};
  }
  template <class Problem>
  static std::string error_of(const OptionTexts& options) {
    try {
      read(options);
    } catch (const Problem& problem) {
      return problem.what();
    }
    return "no error";
  }

  std::filesystem::path folder_;
};

TEST_F(FileSourceTest, ReadsEachFormatByTheEndOfTheName) {
  const std::string csv =
      write("a.csv", "\xEF\xBB\xBFtime,host,v\r\n2026-11-22T12:00:00Z,x,1.5\r\n");
  const std::string json =
      write("a.jsonl", "{\"time\":\"2026-11-22T12:00:00Z\",\"host\":\"x\",\"v\":1.5}");
  const std::string line = write("b.lp", "a,host=x v=1.5 1795348800000000000\n");
  const Batch from_csv = read({{"path", csv}, {"tags", "host"}}).all();
  EXPECT_EQ(from_csv.rows(), 1U);
  EXPECT_EQ(from_csv.measurement(), "a");
  EXPECT_EQ(read({{"path", json}, {"tags", "host"}}).all(), from_csv);
  EXPECT_EQ(read({{"path", line}}).all(), from_csv);
}

TEST_F(FileSourceTest, RejectedRowsSayWhereAndWhy) {
  const std::string path =
      write("a.jsonl", "{\"time\":1,\"v\":1}\nbroken\n{\"time\":3,\"v\":3}\n{\"time\":4,\"v\":");
  const Rows rows = read({{"path", path}});
  EXPECT_EQ(rows.all().rows(), 2U);
  ASSERT_EQ(rows.rejected.size(), 1U);
  const Batch& rejected = rows.rejected.front();
  EXPECT_EQ(rejected.measurement(), "rejected_rows");
  ASSERT_EQ(rejected.rows(), 2U);
  EXPECT_EQ(rejected.column("path").text(0), path);
  EXPECT_EQ(rejected.column("line").integers()[0], 2);
  EXPECT_EQ(rejected.column("text").text(0), "broken");
  EXPECT_FALSE(rejected.column("reason").text(0).empty());
  EXPECT_EQ(rejected.column("line").integers()[1], 4) << "the last line was cut off";
}

TEST_F(FileSourceTest, BatchesHaveTheSizeAskedFor) {
  std::string text = "time,v\n";
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + "," + std::to_string(i) + "\n";
  const Rows rows =
      read({{"path", write("a.csv", text)}, {"batch_rows", "300"}, {"max_line", "4KiB"}});
  ASSERT_EQ(rows.out.size(), 4U);
  EXPECT_EQ(rows.out[0].rows(), 300U);
  EXPECT_EQ(rows.out[3].rows(), 100U);
  EXPECT_EQ(rows.all().column("v").integers()[999], 999);
}

TEST_F(FileSourceTest, ALineThatIsTooLongIsRejectedAndTheNextOnesRead) {
  const std::string path =
      write("a.jsonl", "{\"time\":1,\"v\":1}\n{\"time\":2,\"v\":\"" + std::string(10'000, 'x') +
                           "\"}\n{\"time\":3,\"v\":3}\n" + std::string(5000, 'y'));
  const Rows rows = read({{"path", path}, {"max_line", "4KiB"}});
  EXPECT_EQ(rows.all().rows(), 2U);
  ASSERT_EQ(rows.rejected.size(), 1U);
  EXPECT_EQ(rows.rejected[0].column("line").integers()[0], 2);
  EXPECT_EQ(rows.rejected[0].column("line").integers()[1], 4);
  EXPECT_LE(rows.rejected[0].column("text").text(0).size(), 4096U);
}

TEST_F(FileSourceTest, AnOpenQuoteCostsOneRow) {
  std::string text = "time,v\n1,1\n2,\"open\n";
  for (int i = 3; i < 2000; ++i) text += std::to_string(i) + ",1\n";
  const Rows rows = read({{"path", write("a.csv", text)}, {"max_line", "4KiB"}});
  EXPECT_EQ(rows.all().rows(), 1998U);
  ASSERT_EQ(rows.rejected.size(), 1U);
  EXPECT_EQ(rows.rejected[0].rows(), 1U);
}

TEST_F(FileSourceTest, ReadsAllFilesThatMatchInOrder) {
  write("b.csv", "time,v\n2,2\n");
  write("a.csv", "time,v\n1,1");
  write("empty.csv", "");
  const Rows rows = read({{"path", (folder_ / "*.csv").string()}, {"measurement", "m"}});
  EXPECT_EQ(rows.all().rows(), 2U);
  EXPECT_EQ(rows.all().column("v").integers()[0], 1);
}

TEST_F(FileSourceTest, FieldsChooseColumnsAndTypes) {
  const std::string path = write("a.csv", "ts;a;b;c\n1795348800;1;2;3\n");
  const Batch batch = read({{"path", path},
                            {"delimiter", ";"},
                            {"time_column", "ts"},
                            {"time_format", "s"},
                            {"fields", "a:float64,c:utf8"}})
                          .all();
  EXPECT_EQ(batch.times()[0], 1'795'348'800'000'000'000);
  EXPECT_EQ(batch.columns().size(), 3U);
  EXPECT_EQ(batch.column("a").doubles()[0], 1);
  EXPECT_EQ(batch.column("c").text(0), "3");
}

TEST_F(FileSourceTest, UnusableFilesAndOptionsAreOneClearLine) {
  const std::string csv = write("a.csv", "when,v\n1,1\n");
  EXPECT_NE(error_of<Fatal>({{"path", (folder_ / "none.csv").string()}}).find("No such file"),
            std::string::npos);
  EXPECT_NE(error_of<Fatal>({{"path", (folder_ / "*.lp").string()}}).find("no file matches"),
            std::string::npos);
  EXPECT_NE(error_of<Fatal>({{"path", folder_.string()}, {"format", "csv"}}).find("is a folder"),
            std::string::npos);
  EXPECT_NE(error_of<Fatal>({{"path", write("a.dat", "")}}).find("set format"), std::string::npos);
  EXPECT_NE(error_of<Fatal>({{"path", csv}})
                .find(csv + ": the header has no column 'time'; it has when, v"),
            std::string::npos);
  EXPECT_NE(error_of<Fatal>({{"path", csv}, {"delimiter", "::"}}).find("not one character"),
            std::string::npos);
  EXPECT_NE(error_of<Fatal>({{"path", csv}, {"tags", "v,v"}}).find("twice"), std::string::npos);
}

TEST_F(FileSourceTest, APipeThatPausesPassesOnWhatItHas) {
  const std::string path = folder_ / "pipe.jsonl";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::fstream pipe(path, std::ios::in | std::ios::out);  // both ends, so that nothing blocks
  pipe << "{\"time\":1,\"v\":1}\n{\"time\":2," << std::flush;
  Bench<FileSource> bench({{"path", path}}, {});
  const Next next = bench.produce();
  ASSERT_TRUE(std::holds_alternative<Wait>(next));
  EXPECT_GE(std::get<Wait>(next).fd, 0);
  EXPECT_EQ(concatenate(bench.take()).rows(), 1U);
  pipe << "\"v\":2}\n" << std::flush;
  EXPECT_TRUE(std::holds_alternative<Wait>(bench.produce()));
  EXPECT_EQ(concatenate(bench.take()).rows(), 1U);
}

}  // namespace
}  // namespace weir::file_source
