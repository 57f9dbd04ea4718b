// SPDX-License-Identifier: Apache-2.0
// Rows a second that a spool makes durable (append, fdatasync; batches of 1 000 rows of 200 bytes),
// and the ratio to a loop that writes the same bytes to one file and calls fdatasync. The two take
// turns; best of three, because on a shared machine the best is the code.
//
// usage: spool_rate [MEGABYTES] [FOLDER]     default: 400, the working folder (a real disk, no
// tmpfs)
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "core/delivery/posix_filesystem.hpp"
#include "core/delivery/spool.hpp"

namespace {

namespace fs = std::filesystem;
using namespace weir::core::delivery;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t batch_rows = 1000;
constexpr std::size_t batch_bytes = batch_rows * 200;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void must(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "spool_rate: %s failed\n", what);
  std::exit(1);
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

double plain_seconds(const fs::path& folder, const std::vector<std::byte>& batch, int batches) {
  const fs::path path = folder / "plain";
  const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  must(fd >= 0, "open");
  const auto start = Clock::now();
  for (int i = 0; i < batches; ++i) {
    must(::write(fd, batch.data(), batch.size()) == static_cast<ssize_t>(batch.size()), "write");
    must(::fdatasync(fd) == 0, "fdatasync");
  }
  const double taken = seconds_since(start);
  ::close(fd);
  fs::remove(path);
  return taken;
}

double spool_seconds(const fs::path& folder, const std::vector<std::byte>& batch, int batches,
                     double& read_seconds) {
  PosixFilesystem disk;
  SpoolLimits limits;
  limits.max_size = (batch.size() + 100) * static_cast<std::uint64_t>(batches + 1);
  const std::string path = (folder / "spool").string();
  const auto spool = Spool::open(path, disk, limits);
  auto start = Clock::now();
  for (int i = 0; i < batches; ++i) {
    must(spool->append(batch, batch_rows, {}).result == Append::taken, "append");
    must(spool->sync().ok(), "sync");
  }
  const double taken = seconds_since(start);
  start = Clock::now();
  for (int i = 0; i < batches; ++i) {
    const auto read = spool->next();
    must(read.value.has_value(), "next");
    spool->acknowledge(read.value->sequence);
    if (i % 50 == 49) must(spool->commit_position().ok(), "commit_position");
  }
  read_seconds = seconds_since(start);
  fs::remove_all(path);
  return taken;
}

}  // namespace

int main(int argc, char** argv) {
  const long megabytes = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 400;
  if (megabytes < 1 || megabytes > 100000) {
    std::fprintf(stderr, "usage: spool_rate [MEGABYTES] [FOLDER]\n");
    return 2;
  }
  std::string pattern = (fs::path(argc > 2 ? argv[2] : ".") / "weir-spool-rate-XXXXXX").string();
  must(::mkdtemp(pattern.data()) != nullptr, "mkdtemp");
  const std::vector<std::byte> batch(batch_bytes, std::byte{0x5A});
  const int batches = static_cast<int>(static_cast<std::size_t>(megabytes) * 1000000 / batch_bytes);
  double plain = 1e9, spool = 1e9, read = 1e9;
  for (int round = 0; round < 3; ++round) {
    double read_now = 0;
    plain = std::min(plain, plain_seconds(pattern, batch, batches));
    spool = std::min(spool, spool_seconds(pattern, batch, batches, read_now));
    read = std::min(read, read_now);
  }
  fs::remove_all(pattern);
  const double rows = static_cast<double>(batches) * batch_rows;
  std::printf("machine: %s, %u threads; %ld MB in batches of 1 000 rows of 200 bytes\n",
              cpu_model().c_str(), std::thread::hardware_concurrency(), megabytes);
  std::printf("write + fdatasync            %10.0f rows/s\n", rows / plain);
  std::printf("spool: append + sync         %10.0f rows/s, %.2f of it\n", rows / spool,
              plain / spool);
  std::printf("spool: read + acknowledge    %10.0f rows/s (position durable every 50 batches)\n",
              rows / read);
  return 0;
}
