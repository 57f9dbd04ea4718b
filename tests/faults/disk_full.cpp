// SPDX-License-Identifier: Apache-2.0
// Fills a real disk of 16 MB (a tmpfs in a mount namespace of its own) under a spool, frees it, and
// goes on without a restart. Goal: no crash, works again within 5 s, every row counted.
//
// usage: disk_full      needs root or user namespaces; without, it says so and ends with 77
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "core/delivery/posix_filesystem.hpp"
#include "core/delivery/spool.hpp"
#include "tests/support/spool_model.hpp"

namespace {

namespace fs = std::filesystem;
using namespace weir::core::delivery;
using Clock = std::chrono::steady_clock;

constexpr std::size_t record_bytes = 200'000;
constexpr std::uint32_t record_rows = 1000;

/// In a namespace of this process alone; false says why in errno.
bool mount_small_disk(const std::string& folder) {
  const std::string map = "0 " + std::to_string(::geteuid()) + " 1";
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    std::ofstream("/proc/self/uid_map") << map;
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=16m") == 0;
}

void expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

struct Counts {
  std::uint64_t taken = 0, delivered = 0;
};

/// Appends and syncs until the disk has no room.
void fill(Spool& spool, Counts& counts) {
  for (int i = 0; i < 1000; ++i) {
    const auto payload = weir::test::payload_of(counts.taken + 1, record_bytes);
    if (spool.append(payload, record_rows, {}).result == Append::taken) ++counts.taken;
    const Status status = spool.sync();
    if (status.ok()) continue;
    expect(status.kind() == Status::Kind::no_room, status.message());
    return;
  }
  throw std::runtime_error("the disk never became full");
}

void deliver(Spool& spool, Counts& counts, int limit) {
  for (int i = 0; i < limit; ++i) {
    const auto read = spool.next();
    expect(read.status.ok(), read.status.message());
    if (!read.value) break;
    ++counts.delivered;
    expect(read.value->sequence == counts.delivered, "a record is missing or came twice");
    expect(read.value->payload == weir::test::payload_of(counts.delivered, record_bytes),
           "a wrong payload");
    spool.acknowledge(read.value->sequence);
  }
  const Status status = spool.commit_position();
  expect(status.ok(), status.message());
}

/// Syncs until it is durable.
double resume(Spool& spool) {
  const auto start = Clock::now();
  while (!spool.sync().ok()) expect(milliseconds_since(start) < 60000, "it does not work again");
  return milliseconds_since(start);
}

void run(const std::string& folder) {
  PosixFilesystem disk;
  SpoolLimits limits;
  limits.max_size = 64U << 20U;
  limits.segment_size = 1U << 20U;
  Counts counts;
  {
    std::ofstream(folder + "/ballast") << std::string(4U << 20U, 'x');
    const auto spool = Spool::open(folder + "/spool", disk, limits);
    fill(*spool, counts);
    for (int i = 0; i < 5; ++i) expect(!spool->sync().ok(), "a full disk took more");
    std::printf("disk full after           %4llu batches of 1 000 rows, 5 more tries refused\n",
                static_cast<unsigned long long>(counts.taken - 1));
    fs::remove(folder + "/ballast");
    std::printf("another's file removed:   durable again after %.1f ms (goal: under 5 000)\n",
                resume(*spool));
    fill(*spool, counts);
    deliver(*spool, counts, 20);
    std::printf("20 batches delivered:     durable again after %.1f ms (goal: under 5 000)\n",
                resume(*spool));
    fill(*spool, counts);
    expect(spool->statistics().unsynced_records == 1, "the last batch is not kept in memory");
  }
  --counts.taken;  // what was in memory alone went with its process, and nobody said it was durable
  const auto spool = Spool::open(folder + "/spool", disk, limits);
  expect(spool->recovery().lost_records == 0, "recovery on a full disk misses records");
  deliver(*spool, counts, 1000);
  expect(counts.delivered == counts.taken, "not all that was durable came back");
  expect(spool->statistics().waiting_records == 0, "something still waits");
  std::printf(
      "rows durable / delivered  %llu / %llu, 0 lost, 0 twice, one restart on the full disk\n",
      static_cast<unsigned long long>(counts.taken * record_rows),
      static_cast<unsigned long long>(counts.delivered * record_rows));
}

}  // namespace

int main() {
  std::string pattern = (fs::temp_directory_path() / "weir-disk-full-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    std::perror("disk_full: cannot make a folder");
    return 1;
  }
  int code = 0;
  if (!mount_small_disk(pattern)) {
    std::printf("SKIPPED: cannot mount a tmpfs (%s); run it as root or allow user namespaces\n",
                std::strerror(errno));
    code = 77;
  } else {
    try {
      run(pattern);
    } catch (const std::exception& error) {
      std::printf("FAILED: %s\n", error.what());
      code = 1;
    }
    ::umount2(pattern.c_str(), MNT_DETACH);
  }
  ::rmdir(pattern.c_str());
  return code;
}
