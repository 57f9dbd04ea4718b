// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/disk.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "core/delivery/spool.hpp"
#include "core/runtime/parcel.hpp"
#include "core/wire/batch_bytes.hpp"
#include "tests/simulation/buffer_watch.hpp"
#include "weir/error.hpp"

namespace weir::simulation {
namespace {

using core::NodeRole;
using core::delivery::Spool;

constexpr const char* folder = "/state/buffers/simulated";
constexpr std::uint32_t salt = 0x5EED;

BufferLedger::Record record_of(std::vector<std::byte> payload) {
  std::uint64_t input = 0;
  std::memcpy(&input, payload.data(), sizeof input);
  const auto bytes = std::make_shared<std::vector<std::byte>>(std::move(payload));
  const Batch batch = core::decode_in_place(std::span(*bytes).subspan(sizeof input), bytes);
  return {static_cast<std::uint32_t>(input), ids_of(batch)};
}

}  // namespace

Disk::Disk(const Plan& plan, std::vector<NodeWorld>& worlds)
    : plan_(plan),
      worlds_(worlds),
      used_(std::any_of(plan.nodes.begin(), plan.nodes.end(),
                        [](const NodePlan& node) { return node.buffer.has_value(); })),
      files_(plan.seed * 77 + 5),
      begun_(plan.disk.size()),
      ended_(plan.disk.size()) {}

void Disk::begin_life(const LifePlan& life) {
  files_.crash_at(life.cut_at, life.cut_moment);
  buffers_.emplace(folder, files_, salt);
}

void Disk::end_life() {
  buffers_.reset();
  if (!files_.crashed()) return;
  files_.power_on();
  ++power_cuts_;
}

core::runtime::Factory Disk::factory(core::runtime::Factory others) {
  return [this, real = buffers_->factory(std::move(others))](const core::GraphNode& node,
                                                             const weir_host& host) {
    return watch(node, real(node, host));
  };
}

std::unique_ptr<core::NodeInstance> Disk::watch(const core::GraphNode& node,
                                                std::unique_ptr<core::NodeInstance> made) {
  if (node.role == NodeRole::ordinary) return made;
  const std::string sink = node.name.substr(0, node.name.rfind('.'));
  const auto found = std::find_if(worlds_.begin(), worlds_.end(),
                                  [&](const NodeWorld& one) { return one.plan->name == sink; });
  NodeWorld& world = *found;
  if (node.role == NodeRole::replay) {
    return watch_reader(std::move(made), world.buffer, [&world](const Batch& batch) {
      world.largest = std::max(world.largest, core::runtime::memory_of(batch));
    });
  }
  return watch_writer(
      std::move(made), world.buffer, [this, sink] { return last_number(sink); },
      [this, &world] {
        return world.plan->buffer->when_full == core::WhenFull::drop_oldest && files_.crashed();
      });
}

std::uint64_t Disk::last_number(const std::string& sink) const {
  for (const auto& backlog : buffers_->backlogs()) {
    if (backlog.sink == sink) return backlog.durable + backlog.statistics.unsynced_records;
  }
  return 0;
}

void Disk::follow(Duration age) {
  bool mended = false;
  for (std::size_t i = 0; i < plan_.disk.size(); ++i) {
    const DiskTrouble& trouble = plan_.disk[i];
    if (trouble.kind == DiskTrouble::Kind::once || ended_[i] || age < trouble.to) continue;
    ended_[i] = begun_[i] = mended = true;
  }
  if (mended) files_.mend();
  for (std::size_t i = 0; i < plan_.disk.size(); ++i) {
    if (ended_[i] || age < plan_.disk[i].from) continue;
    const bool again = mended && plan_.disk[i].kind != DiskTrouble::Kind::once;
    if (!begun_[i] || again) arm(plan_.disk[i]);
    begun_[i] = true;
  }
}

void Disk::arm(const DiskTrouble& trouble) {
  if (trouble.kind == DiskTrouble::Kind::full) {
    files_.set_capacity(files_.used() + trouble.room);
    return;
  }
  files_.fail({.operation = trouble.operation,
               .nth = trouble.nth,
               .from_then_on = trouble.kind == DiskTrouble::Kind::lasting,
               .error = trouble.error});
}

BufferLedger::Records Disk::read(const NodeWorld& sink) {
  files_.heal();
  BufferLedger::Records left;
  const auto spool = Spool::open(
      std::string(folder) + '/' + sink.plan->name, files_,
      {.max_size = static_cast<std::uint64_t>(sink.plan->buffer->max_size.count), .salt = salt});
  for (;;) {
    auto next = spool->next();
    if (!next.status.ok()) throw Error(next.status.message());
    if (!next.value) return left;
    left.emplace(next.value->sequence, record_of(std::move(next.value->payload)));
  }
}

}  // namespace weir::simulation
