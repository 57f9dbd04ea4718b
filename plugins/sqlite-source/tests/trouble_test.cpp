// SPDX-License-Identifier: Apache-2.0
// Files that are not there, not ours, damaged or forged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "store.hpp"

namespace weir::sqlite_source {
namespace {

using sqlite_store::Database;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// What the node dies of; also an Error would be a fault here, for it would be tried again.
std::string fatal(const std::string& path) {
  try {
    (void)read({}, path);
  } catch (const Fatal& error) {
    return error.what();
  } catch (const std::exception& other) {
    return std::string("another exception: ") + other.what();
  }
  return "no exception";
}

/// A store with one row, whose file is then changed by SQL.
std::string after(const std::string& sql) {
  const Scratch scratch;
  store(scratch.file(), {counting(0, 1)});
  Database(scratch.file(), Duration{0}).execute(sql);
  return fatal(scratch.file());
}

TEST(SqliteSourceTrouble, NoStoreYetIsAnEmptyHistoryAndOneLine) {
  const Scratch scratch;
  Bench<SqliteSource> source({{"path", scratch.file("not/there/yet.db")}});
  EXPECT_TRUE(read_all(source).empty());
  EXPECT_THAT(source.logs(), ElementsAre(HasSubstr("is not there yet")));
  EXPECT_FALSE(fs::exists(scratch.file("not"))) << "reading makes nothing";
}

TEST(SqliteSourceTrouble, AnEmptyFileAndAMissingMeasurementAreEmptyHistories) {
  const Scratch scratch;
  std::ofstream(scratch.file()).close();
  Bench<SqliteSource> empty({{"path", scratch.file()}});
  EXPECT_TRUE(read_all(empty).empty());
  EXPECT_EQ(empty.logs().size(), 1U);

  store(scratch.file(), {counting(0, 1)});
  Bench<SqliteSource> other({{"path", scratch.file()}, {"measurements", "netdev"}});
  EXPECT_TRUE(read_all(other).empty());
  EXPECT_THAT(other.logs(), ElementsAre(HasSubstr("holds no measurement 'netdev' yet")));
}

TEST(SqliteSourceTrouble, FilesThatAreNoStoreAreNamed) {
  const Scratch scratch;
  std::ofstream(scratch.file("text")) << std::string(5000, 'x');
  EXPECT_THAT(fatal(scratch.file("text")), HasSubstr("is no SQLite database"));
  Database(scratch.file("other"), Duration{0}).execute("CREATE TABLE t(a)");
  EXPECT_THAT(fatal(scratch.file("other")), HasSubstr("is another program's database"));
  fs::create_directory(scratch.file("folder"));
  EXPECT_THAT(fatal(scratch.file("folder")), HasSubstr("is no file"));
  EXPECT_THAT(after("PRAGMA user_version = 99"), HasSubstr("newer Weir"));
}

TEST(SqliteSourceTrouble, ADamagedFileIsFatalAndSaysHowToRescue) {
  const Scratch scratch;
  store(scratch.file(), {counting(0, 20'000)});
  std::fstream file(scratch.file(), std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(4 * 4096);
  file << std::string(fs::file_size(scratch.file()) - std::size_t{4} * 4096, '\xA5');
  file.close();
  EXPECT_THAT(fatal(scratch.file()), HasSubstr(".recover"));
}

TEST(SqliteSourceTrouble, ForgedTablesAreRefused) {
  EXPECT_THAT(after("DROP TABLE m"), HasSubstr("no such table"));
  EXPECT_THAT(after("DROP TABLE weir_columns"), HasSubstr("no such table"));
  EXPECT_THAT(after("DROP VIEW m_view; ALTER TABLE m DROP COLUMN v"), HasSubstr("damaged"));
  EXPECT_THAT(after("UPDATE weir_columns SET sql_name = 'x\" FROM m; DROP TABLE m; --'"),
              HasSubstr("no such column"));
  EXPECT_THAT(after("UPDATE weir_columns SET role = 'king'"), HasSubstr("'king'"));
  EXPECT_THAT(after("UPDATE weir_columns SET role = 'field' WHERE role = 'time'"),
              HasSubstr("does not begin"));
  EXPECT_THAT(after("UPDATE weir_columns SET metadata = '[1'"), HasSubstr("metadata"));
  EXPECT_THAT(after("UPDATE weir_columns SET metadata = '{\"a\":1}'"), HasSubstr("metadata"));
  EXPECT_THAT(after("UPDATE series SET tags = '{'"), HasSubstr("series 1"));
  EXPECT_THAT(after("UPDATE series SET tags = '{\"host\":7}'"), HasSubstr("series 1"));
  EXPECT_THAT(after("PRAGMA foreign_keys = OFF; DELETE FROM series"), HasSubstr("series 1"));
}

TEST(SqliteSourceTrouble, TheFileIsOnlyRead) {
  const Scratch scratch;
  store(scratch.file(), {counting(0, 10)});
  const auto bytes = [&] {
    std::ifstream file(scratch.file(), std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const std::string before = bytes();
  EXPECT_EQ(concatenate(read({}, scratch.file())), counting(0, 10));
  EXPECT_EQ(bytes(), before);
}

}  // namespace
}  // namespace weir::sqlite_source
