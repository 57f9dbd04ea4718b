// SPDX-License-Identifier: Apache-2.0
//
// Rows a second that sqlite-sink stores, through the C boundary, at batches of 100 and 5 000, and
// the ratio to a plain loop over one prepared INSERT into a table of the same shape with as many
// rows a transaction. Ten series, three fields. Best of three: on a shared machine the best is the
// code.
//
//   sqlite_rows [ROWS] [FOLDER]     default: 1000000 rows, the system's temporary folder
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <weir/testing.hpp>

#include "sqlite_sink.hpp"

namespace {

namespace fs = std::filesystem;
constexpr std::int64_t series_count = 10;
constexpr std::int64_t start = 1'767'571'200'000'000'000;

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

struct Values {
  std::int64_t time;
  double rtt, loss, jitter;
};
Values values_of(std::int64_t row) {
  const auto number = static_cast<double>(row);
  return {start + row / series_count * 1'000'000'000, 10 + number * 1e-3,
          static_cast<double>(row % 100), number / 7};
}
std::string target_of(std::int64_t row) { return "10.0.0." + std::to_string(row % series_count); }

std::vector<weir::Batch> make_batches(std::int64_t rows, std::int64_t batch_rows) {
  weir::BatchBuilder builder("icmp");
  const auto target = builder.tag("target");
  const auto rtt = builder.field<double>("rtt_avg_ms", "ms");
  const auto loss = builder.field<double>("loss_percent", "percent");
  const auto jitter = builder.field<double>("jitter_ms", "ms");
  std::vector<weir::Batch> batches;
  for (std::int64_t row = 0; row < rows; ++row) {
    const Values values = values_of(row);
    builder.row(values.time)
        .set(target, target_of(row))
        .set(rtt, values.rtt)
        .set(loss, values.loss)
        .set(jitter, values.jitter);
    if ((row + 1) % batch_rows == 0 || row + 1 == rows) batches.push_back(builder.build());
  }
  return batches;
}

double sink_seconds(const fs::path& file, const std::vector<weir::Batch>& batches) {
  weir::testing::Bench<weir::sqlite_sink::SqliteSink> bench({{"path", file.string()}});
  return seconds_of([&] {
    for (const weir::Batch& batch : batches) bench.process(batch);
    bench.flush();
  });
}

void must(int code, sqlite3* database) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::fprintf(stderr, "sqlite_rows: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

double plain_seconds(const fs::path& file, std::int64_t rows, std::int64_t batch_rows) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(file.c_str(), &opened);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(opened, sqlite3_close);
  must(code, opened);
  const auto execute = [&](const char* sql) {
    must(sqlite3_exec(opened, sql, nullptr, nullptr, nullptr), opened);
  };
  execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "CREATE TABLE icmp(time INTEGER NOT NULL, series_id INTEGER NOT NULL, rtt REAL, loss REAL, "
      "jitter REAL,"
      " PRIMARY KEY(time, series_id)) STRICT, WITHOUT ROWID");
  sqlite3_stmt* insert = nullptr;
  must(sqlite3_prepare_v2(opened, "INSERT INTO icmp VALUES(?1, ?2, ?3, ?4, ?5)", -1, &insert,
                          nullptr),
       opened);
  const double taken = seconds_of([&] {
    for (std::int64_t row = 0; row < rows; ++row) {
      if (row % batch_rows == 0) execute("BEGIN IMMEDIATE");
      const Values values = values_of(row);
      sqlite3_bind_int64(insert, 1, values.time);
      sqlite3_bind_int64(insert, 2, row % series_count);
      sqlite3_bind_double(insert, 3, values.rtt);
      sqlite3_bind_double(insert, 4, values.loss);
      sqlite3_bind_double(insert, 5, values.jitter);
      must(sqlite3_step(insert), opened);
      sqlite3_reset(insert);
      if ((row + 1) % batch_rows == 0 || row + 1 == rows) execute("COMMIT");
    }
  });
  sqlite3_finalize(insert);
  return taken;
}

/// Best of three, each into a file of its own.
double best(const fs::path& folder, const std::function<double(const fs::path&)>& run) {
  double least = 1e9;
  for (int round = 0; round < 3; ++round) {
    const fs::path file = folder / "rows.db";
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(file.string() + end);
    least = std::min(least, run(file));
  }
  return least;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t rows = argc > 1 ? std::max(1LL, std::atoll(argv[1])) : 1'000'000;
  std::string pattern =
      ((argc > 2 ? fs::path(argv[2]) : fs::temp_directory_path()) / "weir-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    std::fprintf(stderr, "sqlite_rows: no folder can be made at %s; name another\n",
                 pattern.c_str());
    return 1;
  }
  const fs::path folder(pattern);
  std::printf("%s, %u cores, SQLite %s, %lld rows\n", cpu_model().c_str(),
              std::thread::hardware_concurrency(), sqlite3_libversion(),
              static_cast<long long>(rows));
  for (const std::int64_t batch_rows : {std::int64_t{100}, std::int64_t{5000}}) {
    const auto batches = make_batches(rows, batch_rows);
    const double sink =
        best(folder, [&](const fs::path& file) { return sink_seconds(file, batches); });
    const auto bytes = static_cast<double>(fs::file_size(folder / "rows.db"));
    const double plain =
        best(folder, [&](const fs::path& file) { return plain_seconds(file, rows, batch_rows); });
    const auto count = static_cast<double>(rows);
    std::printf(
        "batches of %4lld: sqlite-sink %7.0f rows/s, plain INSERT loop %7.0f rows/s, ratio %.2f; "
        "%.0f bytes a row\n",
        static_cast<long long>(batch_rows), count / sink, count / plain, plain / sink,
        bytes / count);
  }
  fs::remove_all(folder);
  return 0;
}
