// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/disk_plan.hpp"

#include <array>
#include <cerrno>

#include "tests/simulation/dice.hpp"

namespace weir::simulation {
namespace {

using test::SimulatedFilesystem;
using Operation = SimulatedFilesystem::Operation;
using std::chrono::milliseconds;

constexpr std::array operations{Operation::write,  Operation::sync,    Operation::create,
                                Operation::rename, Operation::remove,  Operation::sync_folder,
                                Operation::open,   Operation::truncate};

core::BufferSettings make_buffer(Dice& dice) {
  core::BufferSettings buffer;
  buffer.type = core::BufferSettings::Type::disk;
  buffer.max_size.count = dice.chance(0.25) ? 1 << 20U : dice.between(4096, 40'000);
  if (dice.chance(0.4)) buffer.when_full = core::WhenFull::drop_oldest;
  return buffer;
}

DiskTrouble make_trouble(Dice& dice) {
  DiskTrouble trouble;
  trouble.from = milliseconds(dice.between(1, 60'000));
  trouble.to = trouble.from + milliseconds(dice.between(100, 40'000));
  trouble.operation = operations[static_cast<std::size_t>(dice.below(operations.size()))];
  trouble.error = dice.chance(0.25) ? ENOSPC : EIO;
  if (dice.chance(0.25)) {
    trouble.kind = DiskTrouble::Kind::full;
    trouble.room = static_cast<std::uint64_t>(dice.below(3000));
  } else if (dice.chance(0.4)) {
    trouble.kind = DiskTrouble::Kind::lasting;
  } else {
    // A place that cannot be read three times counts as damaged, by the promise: once it may fail.
    if (dice.chance(0.1)) trouble.operation = Operation::read;
    trouble.nth = static_cast<std::uint64_t>(dice.between(1, 12));
  }
  return trouble;
}

void plan_cuts(Dice& dice, LifePlan& life) {
  constexpr std::array moments{SimulatedFilesystem::Moment::before,
                               SimulatedFilesystem::Moment::during,
                               SimulatedFilesystem::Moment::after};
  const bool last = life.end == LifePlan::End::natural;
  life.cut_after = dice.chance(life.end == LifePlan::End::crash ? 0.6 : 0.3);
  if (last || !dice.chance(0.4)) return;
  // Early ones are in the recovery.
  life.cut_at =
      static_cast<std::uint64_t>(dice.chance(0.3) ? dice.between(1, 20) : dice.between(10, 500));
  life.cut_moment = moments[static_cast<std::size_t>(dice.below(3))];
}

}  // namespace

void plan_disk(Plan& plan) {
  Dice dice(plan.seed * 0xD1B54A32D192ED03U + 7);
  bool any = false;
  for (NodePlan& node : plan.nodes) {
    if (node.kind != NodePlan::Kind::sink || !dice.chance(0.45)) continue;
    node.buffer = make_buffer(dice);
    any = true;
  }
  if (!any) return;
  for (std::int64_t i = dice.below(5); i > 0; --i) plan.disk.push_back(make_trouble(dice));
  for (LifePlan& life : plan.lives) plan_cuts(dice, life);
}

std::string to_text(const core::BufferSettings& buffer) {
  return "a disk buffer of " + std::to_string(buffer.max_size.count) + " bytes" +
         (buffer.when_full == core::WhenFull::drop_oldest ? " that drops the oldest" : "");
}

std::string to_text(const DiskTrouble& trouble) {
  const std::string from = "the disk from " + weir::to_text(trouble.from);
  const std::string name(SimulatedFilesystem::name_of(trouble.operation));
  const std::string error = trouble.error == ENOSPC ? " finds no room" : " fails";
  switch (trouble.kind) {
    case DiskTrouble::Kind::full:
      return from + " to " + weir::to_text(trouble.to) + " has room for " +
             std::to_string(trouble.room) + " bytes";
    case DiskTrouble::Kind::lasting:
      return from + " to " + weir::to_text(trouble.to) + ": each " + name + error;
    case DiskTrouble::Kind::once:
      break;
  }
  return from + ": " + name + " number " + std::to_string(trouble.nth) + error;
}

}  // namespace weir::simulation
