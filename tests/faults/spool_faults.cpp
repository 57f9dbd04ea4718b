// SPDX-License-Identifier: Apache-2.0
// Lets every operation of a spool's life fail, and cuts the power at each of them.
// Goal: what sync() called durable is there afterwards, whatever failed; nothing comes twice behind
// a durable position, nothing comes wrong.
//
// usage: spool_faults [--full]
//   small: each crash point with one crash in the recovery after it, one life;
//   full:  each crash point with a crash at every step of the recovery, eight lives
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <random>
#include <string>

#include "tests/support/simulated_filesystem.hpp"
#include "tests/support/spool_model.hpp"

namespace {

using weir::core::delivery::SpoolLimits;
using weir::test::BrokenPromise;
using weir::test::SimulatedFilesystem;
using weir::test::SpoolModel;
using Operation = SimulatedFilesystem::Operation;
using Moment = SimulatedFilesystem::Moment;

constexpr int steps = 120;
constexpr Operation operations[] = {
    Operation::make_folders, Operation::open,   Operation::create,      Operation::list,
    Operation::rename,       Operation::remove, Operation::sync_folder, Operation::lock,
    Operation::write,        Operation::read,   Operation::sync,        Operation::truncate};

SpoolLimits limits_of(SpoolLimits::WhenFull when_full) {
  return {.max_size = 4096,
          .when_full = when_full,
          .segment_size = 700,
          .max_unsynced = 1500,
          .salt = 0x5EED};
}

/// A life of a spool on `disk`, the same for the same seed; ends where the power goes.
void live(SpoolModel& model, SimulatedFilesystem& disk, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (int step = 0; step < steps && !disk.crashed(); ++step) model.step(random);
}

void power_cut(SpoolModel& model, SimulatedFilesystem& disk) {
  disk.crash();
  model.close();
  disk.power_on();
}

struct Life {
  std::uint64_t seed;
  SpoolLimits::WhenFull when_full;
};

struct Run {
  std::uint64_t count = 0, promises = 0;
  void add(const SpoolModel& model) {
    ++count;
    promises += model.promises();
  }
};

void one_failure(const Life& life, const SimulatedFilesystem::Fault& fault, Run& run) {
  SimulatedFilesystem disk(life.seed);
  SpoolModel model(disk, limits_of(life.when_full));
  try {
    disk.fail(fault);
    live(model, disk, life.seed);
    power_cut(model, disk);
    model.drain();
  } catch (const BrokenPromise& broken) {
    throw BrokenPromise(std::string(SimulatedFilesystem::name_of(fault.operation)) + " number " +
                        std::to_string(fault.nth) +
                        (fault.from_then_on ? " and all after it failed: " : " failed: ") +
                        broken.what() + " (life " + std::to_string(life.seed) + ")");
  }
  run.add(model);
}

void fail_everything(const Life& life) {
  SimulatedFilesystem disk(life.seed);
  SpoolModel model(disk, limits_of(life.when_full));
  live(model, disk, life.seed);
  for (const Operation operation : operations) {
    Run run;
    const std::uint64_t count = disk.count(operation);
    for (std::uint64_t nth = 1; nth <= count; ++nth) {
      for (const int error : {EIO, ENOSPC}) {
        one_failure(life, {.operation = operation, .nth = nth, .error = error}, run);
        // A place that cannot be read three times counts as damaged: that is spool_damage's part.
        if (operation == Operation::read) continue;
        one_failure(
            life, {.operation = operation, .nth = nth, .from_then_on = true, .error = error}, run);
      }
    }
    std::printf("fails: %-14s %7llu runs, %8llu records promised, all kept\n",
                std::string(SimulatedFilesystem::name_of(operation)).c_str(),
                static_cast<unsigned long long>(run.count),
                static_cast<unsigned long long>(run.promises));
  }
}

/// Crashes at operation `number` of the life, then at operation `in_recovery` of what comes next.
/// False: recovery has fewer operations.
bool one_crash(const Life& life, std::uint64_t number, Moment moment, std::uint64_t in_recovery,
               Run& run) {
  SimulatedFilesystem disk(life.seed * 1000 + number);
  SpoolModel model(disk, limits_of(life.when_full));
  disk.crash_at(number, moment);
  live(model, disk, life.seed);
  power_cut(model, disk);
  disk.crash_at(in_recovery, moment);
  const bool opened = model.open();
  power_cut(model, disk);
  model.drain();
  run.add(model);
  return !opened;
}

void crash_everywhere(const Life& life, bool full) {
  SimulatedFilesystem disk(life.seed);
  disk.keep_history();
  {
    SpoolModel model(disk, limits_of(life.when_full));
    live(model, disk, life.seed);
  }
  const auto points = disk.history();
  std::map<std::string, Run> runs;
  for (std::uint64_t number = 1; number <= points.size(); ++number) {
    const std::string& point = points[number - 1];
    for (const Moment moment : {Moment::before, Moment::during, Moment::after}) {
      try {
        if (!full) {
          (void)one_crash(life, number, moment, 1 + number % 23, runs[point]);
          continue;
        }
        for (std::uint64_t in_recovery = 1;
             one_crash(life, number, moment, in_recovery, runs[point]); ++in_recovery) {
        }
      } catch (const BrokenPromise& broken) {
        throw BrokenPromise("crash at operation " + std::to_string(number) + " (" + point +
                            "), moment " + std::to_string(static_cast<int>(moment)) + ": " +
                            broken.what() + " (life " + std::to_string(life.seed) + ")");
      }
    }
  }
  for (const auto& [point, run] : runs) {
    std::printf("crash: %-20s %7llu runs, %8llu records promised, all kept\n", point.c_str(),
                static_cast<unsigned long long>(run.count),
                static_cast<unsigned long long>(run.promises));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool full = argc == 2 && std::strcmp(argv[1], "--full") == 0;
  if (argc > 1 && !full) {
    std::fprintf(stderr, "usage: %s [--full]\n", argv[0]);
    return 2;
  }
  try {
    for (std::uint64_t seed = 1; seed <= (full ? 8 : 1); ++seed) {
      for (const auto when_full :
           {SpoolLimits::WhenFull::block, SpoolLimits::WhenFull::drop_oldest}) {
        const bool blocks = when_full == SpoolLimits::WhenFull::block;
        std::printf("life %llu, when_full: %s\n", static_cast<unsigned long long>(seed),
                    blocks ? "block" : "drop_oldest");
        fail_everything({seed, when_full});
        crash_everywhere({seed, when_full}, full);
        std::fflush(stdout);
      }
    }
  } catch (const BrokenPromise& broken) {
    std::printf("FAILED: %s\n", broken.what());
    return 1;
  }
  return 0;
}
