// SPDX-License-Identifier: Apache-2.0
// Random lives of a spool, by seed: what fails prints its seed.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/simulated_filesystem.hpp"
#include "tests/support/spool_model.hpp"

namespace weir::test {
namespace {

using core::delivery::SpoolLimits;
using Operation = SimulatedFilesystem::Operation;

SpoolLimits small_limits(SpoolLimits::WhenFull when_full) {
  return {.max_size = 8192,
          .when_full = when_full,
          .segment_size = 700,
          .max_unsynced = 1500,
          .salt = 0x5EED};
}

void disturb(SimulatedFilesystem& disk, std::mt19937_64& random) {
  constexpr Operation operations[] = {Operation::open,    Operation::create,      Operation::rename,
                                      Operation::remove,  Operation::write,       Operation::sync,
                                      Operation::read,    Operation::sync_folder, Operation::list,
                                      Operation::truncate};
  constexpr int errors[] = {EIO, ENOSPC};
  switch (random() % 8) {
    case 0:
    case 1:
      // A read that fails three times counts as damage; here it fails once.
      disk.fail({.operation = operations[random() % std::size(operations)],
                 .nth = 1 + random() % 5,
                 .error = errors[random() % 2]});
      break;
    case 2:
      disk.set_capacity(disk.used() + random() % 2000);
      break;
    case 3:
    case 4:
      disk.crash_at(1 + random() % 12, static_cast<SimulatedFilesystem::Moment>(random() % 3));
      break;
    default:
      disk.heal();
  }
}

void live(std::uint64_t seed, SpoolLimits::WhenFull when_full) {
  SimulatedFilesystem disk(seed);
  SpoolModel model(disk, small_limits(when_full));
  std::mt19937_64 random(seed);
  try {
    for (int step = 0; step < 300; ++step) {
      if (random() % 12 == 0) disturb(disk, random);
      model.step(random);
      if (disk.crashed()) {
        model.close();
        disk.power_on();
      }
    }
    model.drain();
  } catch (const BrokenPromise& broken) {
    FAIL() << "seed " << seed << ": " << broken.what();
  }
}

TEST(SpoolProperty, AnyLifeKeepsWhatWasPromised) {
  for (std::uint64_t seed = 1; seed <= 150 && !HasFailure(); ++seed) {
    live(seed, SpoolLimits::WhenFull::block);
  }
}

TEST(SpoolProperty, AnyLifeThatDropsCountsWhatItDropped) {
  for (std::uint64_t seed = 1; seed <= 150 && !HasFailure(); ++seed) {
    live(seed, SpoolLimits::WhenFull::drop_oldest);
  }
}

}  // namespace
}  // namespace weir::test
