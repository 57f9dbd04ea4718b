// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/nodes.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "core/runtime/parcel.hpp"
#include "weir/abi.h"
#include "weir/error.hpp"

namespace weir::simulation {
namespace {

using core::Emitter;
using Kind = NodePlan::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Node : public core::NodeInstance {
 public:
  Node(NodeWorld& world, const weir_host& host) : world_(world), plan_(*world.plan), host_(host) {}

  void open() override {
    if (chance(plan_.faults.retry_later)) throw RetryLater("the server does not answer yet");
  }
  Next produce(Emitter&) override { return End{}; }
  void process(std::uint32_t, const Batch&, Emitter&) override {}
  void end_input(std::uint32_t, Emitter&) override {}
  void on_time(Timestamp, Emitter&) override {}
  void flush() override {}
  void finish(Reason, Emitter&) override {}

 protected:
  [[nodiscard]] bool chance(double share) {
    return share > 0 && static_cast<double>(world_.random() >> 11U) * 0x1p-53 < share;
  }
  [[nodiscard]] Timestamp now() const { return Timestamp{Duration{host_.now(host_.self)}}; }

  /// Before a call has done anything, or after it has given rows: both are calls that failed.
  void fail_by_chance(bool rejects) {
    const Faults& faults = plan_.faults;
    if (chance(faults.throws)) throw std::runtime_error("crashed by the seed");
    if (chance(faults.retry_later)) {
      throw RetryLater("busy", chance(0.3) ? Duration{seconds{5}} : Duration{0});
    }
    if (rejects && chance(faults.rejects)) throw Rejected("not good enough");
    if (chance(faults.fatal)) throw Fatal("cannot go on");
  }
  void check_poison(const std::vector<Id>& ids) const {
    if (plan_.faults.poison == 0) return;
    for (const Id id : ids) {
      if (id % plan_.faults.poison == 0) throw std::runtime_error("poison " + std::to_string(id));
    }
  }

  void emit(Emitter& out, std::uint32_t port, std::int64_t series, const std::vector<Id>& ids) {
    if (ids.empty()) return;
    const Batch batch = batch_of(world_.index, series, ids);
    world_.largest = std::max(world_.largest, core::runtime::memory_of(batch));
    out.emit(port, batch);
  }

  NodeWorld& world_;
  const NodePlan& plan_;
  const weir_host& host_;
};

class Source final : public Node {
 public:
  using Node::Node;

  Next produce(Emitter& out) override {
    if (world_.next >= plan_.rows) return End{};
    fail_by_chance(false);
    // One series a batch, so that a batch has an order of its own.
    const std::int64_t left = plan_.rows - world_.next;
    const auto count = std::min<std::int64_t>(left, static_cast<std::int64_t>(plan_.batch));
    std::vector<Id> ids;
    for (std::int64_t i = 0; i < count; ++i)
      ids.push_back(static_cast<Id>(world_.index) * ids_of_a_source + world_.next + i);
    emit(out, 0, plan_.series, ids);
    fail_by_chance(false);
    add(world_.ledger.given, ids);
    world_.next += count;
    if (plan_.kind == Kind::live) return Wait{now() + plan_.period};
    if (chance(0.1)) return Wait{now() + milliseconds(200)};
    return Again{};
  }
};

/// pass, reject and hold. What it holds is not lost with an instance: it stands for state that is
/// saved whenever a call has succeeded.
class Transform final : public Node {
 public:
  using Node::Node;

  void process(std::uint32_t input, const Batch& batch, Emitter& out) override {
    const std::vector<Id> ids = ids_of(batch);
    check_poison(ids);
    fail_by_chance(true);
    std::vector<Id> refused;
    std::vector<Id> given = ids;
    if (plan_.kind == Kind::reject) {
      const auto bad =
          std::stable_partition(given.begin(), given.end(), [](Id id) { return id % 11 != 0; });
      refused.assign(bad, given.end());
      given.erase(bad, given.end());
    }
    const bool holds = plan_.kind == Kind::hold;
    const std::size_t held = world_.ledger.held.size() + given.size();
    if (holds && held < plan_.held) {
      take(input, ids);
      add(world_.ledger.held, given);
      held_in_order().insert(held_in_order().end(), given.begin(), given.end());
      out.wake_at(now() + seconds{7});
      return;
    }
    std::vector<Id> all = holds ? held_in_order() : std::vector<Id>{};
    all.insert(all.end(), given.begin(), given.end());
    emit(out, 0, 1, all);
    emit(out, 1, 1, refused);
    fail_by_chance(true);
    take(input, ids);
    note_given(all, refused);
  }

  void on_time(Timestamp, Emitter& out) override { give_held(out); }
  void finish(Reason, Emitter& out) override { give_held(out); }

 private:
  /// The ledger knows what is held; the order of it belongs to the node.
  std::vector<Id>& held_in_order() { return world_.ledger.order[0xFFFF]; }

  void give_held(Emitter& out) {
    const std::vector<Id> all = held_in_order();
    if (all.empty()) return;
    fail_by_chance(false);
    emit(out, 0, 1, all);
    note_given(all, {});
  }
  void take(std::uint32_t input, const std::vector<Id>& ids) {
    add(world_.ledger.taken, ids);
    auto& order = world_.ledger.order[input];
    order.insert(order.end(), ids.begin(), ids.end());
  }
  void note_given(const std::vector<Id>& given, const std::vector<Id>& refused) {
    add(world_.ledger.given, given);
    add(world_.ledger.refused, refused);
    world_.ledger.held.clear();
    held_in_order().clear();
  }
};

class Sink final : public Node {
 public:
  using Node::Node;

  void process(std::uint32_t input, const Batch& batch, Emitter&) override {
    const std::vector<Id> ids = ids_of(batch);
    check_poison(ids);
    fail_by_chance(true);
    pending_.insert(pending_.end(), ids.begin(), ids.end());
    inputs_.insert(inputs_.end(), ids.size(), input);
  }

  void flush() override {
    if (pending_.empty()) return;
    if (chance(plan_.stalls)) {
      (void)host_.wait_until(host_.self, (now() + seconds{30}).time_since_epoch().count());
    }
    const Duration age = now() - world_.world_start;
    for (const Outage& outage : plan_.outages) {
      if (age >= outage.from && age < outage.to) throw RetryLater("the server is away");
    }
    if (plan_.refused > 0) {
      for (const Id id : pending_) {
        if (id % plan_.refused == 0) throw Rejected("row " + std::to_string(id));
      }
    }
    if (chance(plan_.half_done)) {
      store(pending_.size() / 2);
      if (chance(0.5)) throw std::runtime_error("died while it stored");
      throw RetryLater("the answer was lost");
    }
    fail_by_chance(false);
    store(pending_.size());
    add(world_.ledger.acked, pending_);
    for (std::size_t i = 0; i < pending_.size(); ++i)
      world_.ledger.order[inputs_[i]].push_back(pending_[i]);
    pending_.clear();
    inputs_.clear();
  }
  // The engine's promise is about flush: what was not flushed before finish is not stored.

 private:
  void store(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) world_.server.stored.insert(pending_[i]);
  }
  std::vector<Id> pending_;
  std::vector<std::uint32_t> inputs_;
};

}  // namespace

std::vector<Id> ids_of(const Batch& batch) {
  const auto values = batch.column("id").integers();
  return {values.begin(), values.end()};
}

Batch batch_of(std::size_t source, std::int64_t series, const std::vector<Id>& ids) {
  BatchBuilder rows("m" + std::to_string(source));
  const auto tag = rows.tag("series");
  const auto id = rows.field<std::int64_t>("id");
  for (const Id one : ids)
    rows.row(1'800'000'000'000'000'000 + one % ids_of_a_source * 1'000'000'000)
        .set(tag, std::to_string(one % series))
        .set(id, one);
  return rows.build();
}

void add(Rows& rows, const std::vector<Id>& ids) {
  for (const Id id : ids) ++rows[id];
}

std::unique_ptr<core::NodeInstance> make_node(NodeWorld& world, const weir_host& host) {
  switch (world.plan->kind) {
    case Kind::replayable:
    case Kind::live:
      return std::make_unique<Source>(world, host);
    case Kind::sink:
      return std::make_unique<Sink>(world, host);
    default:
      return std::make_unique<Transform>(world, host);
  }
}

}  // namespace weir::simulation
