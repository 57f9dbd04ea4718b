// SPDX-License-Identifier: Apache-2.0
// What it costs to turn batches into bytes and back: rows a second, and the share of a core that
// 250 000 rows a second take.
//
// usage: batch_bytes [rows of a batch, 1000]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/wire/batch_bytes.hpp"

namespace {

using Clock = std::chrono::steady_clock;

/// Ten columns, as an icmp batch has them: time, two tags, six numbers, one of them with nulls.
weir::Batch rows_of(std::size_t count) {
  weir::BatchBuilder rows("icmp");
  const auto target = rows.tag("target");
  const auto address = rows.tag("address");
  const auto sent = rows.field<std::int64_t>("sent");
  const auto up = rows.field<bool>("up");
  std::vector<weir::BatchBuilder::Key> values;
  for (const char* name : {"rtt_min_ms", "rtt_avg_ms", "rtt_max_ms", "jitter_ms", "mos"})
    values.push_back(rows.field<double>(name, "ms"));
  for (std::size_t i = 0; i < count; ++i) {
    auto row = rows.row(static_cast<std::int64_t>(i) * 1'000'000);
    row.set(target, "resolver-" + std::to_string(i % 50)).set(address, "192.0.2.17");
    row.set(sent, std::int64_t{1}).set(up, i % 7 != 0);
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (i % 7 != 0 || k > 0) row.set(values[k], 0.5 + static_cast<double>(i % 100));
    }
  }
  return rows.build();
}

template <class Work>
double rows_a_second(std::size_t rows, Work work) {
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    const auto begin = Clock::now();
    std::size_t done = 0;
    while (Clock::now() - begin < std::chrono::milliseconds(200)) {
      work();
      done += rows;
    }
    const std::chrono::duration<double> took = Clock::now() - begin;
    best = std::max(best, static_cast<double>(done) / took.count());
  }
  return best;
}

void report(const char* what, double rate) {
  std::printf("%-16s %8.2f M rows/s   250 000 rows/s take %5.2f %% of a core\n", what, rate / 1e6,
              250'000 / rate * 100);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000;
  const weir::Batch batch = rows_of(rows);
  const auto bytes = weir::core::encode(batch);
  std::printf("batches of %zu rows, %zu columns, %.1f bytes a row\n", rows, batch.columns().size(),
              static_cast<double>(bytes.size()) / static_cast<double>(rows));
  std::size_t sink = 0;
  report("encode", rows_a_second(rows, [&] { sink += weir::core::encode(batch).size(); }));
  report("decode", rows_a_second(rows, [&] { sink += weir::core::decode(bytes).rows(); }));
  report("decode_in_place",
         rows_a_second(rows, [&] { sink += weir::core::decode_in_place(bytes, nullptr).rows(); }));
  return sink == 0 ? 1 : 0;
}
