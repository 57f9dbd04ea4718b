// SPDX-License-Identifier: Apache-2.0
// Locks, damage, wrong files, full disks and kills.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <weir/testing.hpp>

#include "catalogue.hpp"
#include "read_back.hpp"
#include "sqlite_sink.hpp"

namespace weir::sqlite_sink {
namespace {

using testing::batch;
using testing::Bench;
using ::testing::HasSubstr;
using testing::OptionTexts;

Batch rows_from(std::int64_t first, std::int64_t count, const std::string& field = "v") {
  BatchBuilder rows("m");
  const auto key = rows.field<std::int64_t>(field);
  for (std::int64_t i = first; i < first + count; ++i) rows.row(i).set(key, i);
  return rows.build();
}

template <class Failure>
std::string message(const std::function<void()>& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return failure.what();
  } catch (const std::exception& other) {
    return std::string("another exception: ") + other.what();
  }
  return "no exception";
}

std::string fatal_open(const std::string& path) {
  return message<Fatal>([&] { Bench<SqliteSink> bench({{"path", path}}); });
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SqliteTrouble, ALockedFileIsTriedAgainAndNothingIsLost) {
  const Scratch scratch;
  Bench<SqliteSink> bench({{"path", scratch.file()}, {"busy_timeout", "10ms"}});
  bench.process(rows_from(0, 10));
  {
    const Database other(scratch.file(), Duration{0});
    Transaction held(other);
    EXPECT_THAT(message<RetryLater>([&] { bench.process(rows_from(10, 10)); }),
                HasSubstr("holds the lock"));
    EXPECT_THAT(message<RetryLater>([&] {
                  Bench<SqliteSink> second({{"path", scratch.file()}, {"busy_timeout", "10ms"}});
                }),
                HasSubstr("holds the lock"));
  }
  bench.process(rows_from(10, 10)).flush();
  EXPECT_EQ(query(scratch.file(), "SELECT count(*) || ' ' || sum(v) FROM m"), "20 190");
}

TEST(SqliteTrouble, TwoSinksShareAFileAndLearnEachOthersColumns) {
  const Scratch scratch;
  Bench<SqliteSink> first({{"path", scratch.file()}});
  Bench<SqliteSink> second({{"path", scratch.file()}});
  first.process(rows_from(0, 5)).process(rows_from(0, 5, "w"));
  second.process(rows_from(5, 5)).process(rows_from(5, 5, "x"));
  first.process(rows_from(10, 5, "x")).process(rows_from(0, 5));
  second.process(rows_from(10, 5, "w"));
  EXPECT_EQ(query(scratch.file(),
                  "SELECT count(*) || ' ' || sum(v) || ' ' || sum(w) || ' ' || sum(x) FROM m"),
            "15 45 70 95");
  EXPECT_EQ(query(scratch.file(), "SELECT count(*) FROM series"), "1");
}

TEST(SqliteTrouble, AFileOfTextIsRefusedAndLeftAlone) {
  const Scratch scratch;
  const std::string text =
      "this is no database, but a text of some length: " + std::string(5000, 'x');
  std::ofstream(scratch.file()) << text;
  EXPECT_THAT(fatal_open(scratch.file()), HasSubstr("is no SQLite database; move the file away"));
  EXPECT_EQ(content(scratch.file()), text);
}

TEST(SqliteTrouble, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  const Scratch scratch;
  (void)query(scratch.file(), "CREATE TABLE bookmarks(a)");
  const std::string before = content(scratch.file());
  EXPECT_THAT(fatal_open(scratch.file()), HasSubstr("another program's database"));
  EXPECT_EQ(content(scratch.file()), before);
}

TEST(SqliteTrouble, ANewerSchemaIsRefused) {
  const Scratch scratch;
  { Bench<SqliteSink> bench({{"path", scratch.file()}}); }
  (void)query(scratch.file(), "PRAGMA user_version = 2");
  EXPECT_THAT(fatal_open(scratch.file()),
              HasSubstr("written by a newer Weir (schema 2, this one knows 1)"));
}

TEST(SqliteTrouble, DamageIsFatalAndSaysHowToRescue) {
  const Scratch scratch;
  {
    Bench<SqliteSink> bench({{"path", scratch.file()}});
    bench.process(rows_from(0, 20000));
  }
  {
    std::fstream file(scratch.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    const std::string noise(100 * 4096, '\x5a');
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  const std::string said = message<Fatal>([&] {
    Bench<SqliteSink> bench({{"path", scratch.file()}});
    bench.process(rows_from(0, 20000));
  });
  EXPECT_THAT(said, HasSubstr("is damaged"));
  EXPECT_THAT(said, HasSubstr(".recover"));
}

TEST(SqliteTrouble, APathThatCannotBeIsFatal) {
  const Scratch scratch;
  EXPECT_THAT(fatal_open(scratch.file("")), HasSubstr("cannot be opened"));
  std::ofstream(scratch.file("plain")) << "x";
  EXPECT_THAT(fatal_open(scratch.file("plain/store.db")), HasSubstr("the folder cannot be made"));
}

TEST(SqliteTrouble, AMemoryNameOrUriIsAPlainFile) {
  const Scratch scratch;
  const std::string path = scratch.file("file:x?mode=memory");
  Bench<SqliteSink> bench({{"path", path}});
  bench.process(rows_from(0, 3));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(SqliteTrouble, ADiskThatTakesNoMoreIsTriedAgainAndNothingIsLost) {
  const Scratch scratch;
  Bench<SqliteSink> bench({{"path", scratch.file()}});
  bench.process(rows_from(0, 100));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{200'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string said =
      message<RetryLater>([&] { bench.process(rows_from(100, 50000, "fresh")); });
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(said, HasSubstr("disk"));
  EXPECT_EQ(query(scratch.file(), "SELECT count(*) FROM m"), "100");
  bench.process(rows_from(100, 50000, "fresh")).flush();
  EXPECT_EQ(query(scratch.file(), "SELECT count(v) || ' ' || count(fresh) FROM m"), "100 50000");
}

/// Writes batches of 50 rows, tells the number of each one that is flushed, and never ends.
[[noreturn]] void write_for_ever(const std::string& path, int tell) {
  Bench<SqliteSink> bench({{"path", path}});
  for (std::int64_t number = 0;; ++number) {
    bench.process(rows_from(number * 50, 50));
    if (number % 2 == 1) continue;  // killed between flushes as often as after one
    bench.flush();
    if (write(tell, &number, sizeof number) != sizeof number) _exit(1);
  }
}

TEST(SqliteTrouble, AKillKeepsAllThatWasFlushed) {
  const Scratch scratch;
  for (int round = 0; round < 5; ++round) {
    const std::string path = scratch.file("store" + std::to_string(round));
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_for_ever(path, ends[1]);
    close(ends[1]);
    std::int64_t flushed = -1;
    std::int64_t last = -1;
    while (flushed < 40 + round * 7 && read(ends[0], &flushed, sizeof flushed) == sizeof flushed)
      last = flushed;
    kill(child, SIGKILL);
    while (read(ends[0], &flushed, sizeof flushed) == sizeof flushed) last = flushed;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    const std::int64_t kept = std::stoll(query(path, "SELECT count(*) FROM m"));
    EXPECT_GE(kept, (last + 1) * 50);
    EXPECT_EQ(kept % 50, 0) << "a batch is whole or not there";
    EXPECT_EQ(query(path, "SELECT count(*) FROM m WHERE v <> time"), "0");
    EXPECT_EQ(query(path, "PRAGMA integrity_check"), "ok");
    Bench<SqliteSink> again({{"path", path}});
    again.process(rows_from(kept, 50));
    EXPECT_EQ(query(path, "SELECT count(*) || ' ' || max(v) FROM m"),
              std::to_string(kept + 50) + " " + std::to_string(kept + 49));
  }
}

}  // namespace
}  // namespace weir::sqlite_sink
