// SPDX-License-Identifier: Apache-2.0
#include "steps.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <weir/pattern.hpp>

#include "watermarks.hpp"

namespace weir::qos_scorer {
namespace {

constexpr std::string_view probes = "icmp";
constexpr std::string_view netdev = "netdev";

// Without overflow at either end of time.
bool has_ended(std::int64_t begin, std::int64_t length, std::int64_t until) {
  if (until < begin) return false;
  const auto passed = static_cast<std::uint64_t>(until) - static_cast<std::uint64_t>(begin);
  return passed >= static_cast<std::uint64_t>(length);
}

// A column that may not be there; looked up once for a batch.
class Numbers {
 public:
  Numbers(const Batch& batch, std::string_view name) : column_(batch.find(name)) {
    if (column_ != nullptr && !column_->numeric()) column_ = nullptr;
  }
  [[nodiscard]] bool there() const { return column_ != nullptr; }
  // Nothing where there is no such column, or no finite number in the row.
  [[nodiscard]] std::optional<double> at(std::size_t row) const {
    if (column_ == nullptr || !column_->valid(row)) return std::nullopt;
    const double value = column_->physical(row);
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
  }

 private:
  const Column* column_;
};

class Names {
 public:
  Names(const Batch& batch, std::string_view name) : column_(batch.find(name)) {
    if (column_ != nullptr && column_->type() != Type::utf8) column_ = nullptr;
  }
  [[nodiscard]] std::optional<std::string> at(std::size_t row) const {
    if (column_ == nullptr || !column_->valid(row)) return std::nullopt;
    return std::string(column_->text(row));
  }

 private:
  const Column* column_;
};

}  // namespace

bool Steps::knows(const std::string& measurement) {
  return measurement == probes || measurement == netdev;
}

std::vector<std::size_t> Steps::add(const Batch& batch) {
  return batch.measurement() == probes ? add_probes(batch) : add_load(batch);
}

Steps::Open* Steps::step_of(std::int64_t time) {
  const std::int64_t begin = watermarks::floor_to(time, length_);
  if (left_until_ && begin <= *left_until_) return nullptr;
  return &open_[begin];
}

bool Steps::Seen::take(std::int64_t time) {
  if (loaded_until && time <= *loaded_until) return false;
  newest = std::max(newest.value_or(time), time);
  return true;
}

std::vector<std::size_t> Steps::add_probes(const Batch& batch) {
  const Names targets(batch, "target");
  const Numbers sent(batch, "sent"), received(batch, "received"), failed(batch, "send_failed"),
      dropped(batch, "receive_dropped"), loss(batch, "loss_percent"), rtt(batch, "rtt_avg_ms"),
      jitter(batch, "jitter_ms"), egress(batch, "egress_queue_ms"), path(batch, "path_ms"),
      stall(batch, "host_stall_ms");
  std::vector<std::size_t> late;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    Open* const step = step_of(batch.times()[row]);
    if (step == nullptr) late.push_back(row);
    const auto name = targets.at(row);
    if (step == nullptr || !name) continue;
    Target& target = step->targets[*name];
    if (!target.seen.take(batch.times()[row])) continue;
    const double replies = received.at(row).value_or(0);
    target.sent += sent.at(row).value_or(0);
    target.received += replies;
    target.failed += failed.at(row).value_or(0);
    target.dropped += dropped.at(row).value_or(0);
    const auto add = [row](Mean& mean, const Numbers& column, double weight) {
      if (const auto value = column.at(row)) mean.add(*value, weight);
    };
    add(target.loss, loss, 1);
    // Without counts (a store kept only figures) each row counts once.
    const double weight = received.there() ? replies : 1;
    add(target.rtt, rtt, weight);
    add(target.jitter, jitter, weight);
    add(target.egress, egress, weight);
    add(target.path, path, weight);
    if (const auto worst = stall.at(row)) target.stall = std::max(target.stall.value_or(0), *worst);
  }
  return late;
}

std::vector<std::size_t> Steps::add_load(const Batch& batch) {
  const Names interfaces(batch, "interface");
  const Numbers used(batch, "utilization_percent");
  std::vector<std::size_t> late;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    Open* const step = step_of(batch.times()[row]);
    if (step == nullptr) {
      late.push_back(row);
      continue;
    }
    const auto name = interfaces.at(row);
    const auto percent = used.at(row);
    if (!name || !percent || !matches_any(uplinks_, *name)) continue;
    Interface& interface = step->interfaces[*name];
    if (interface.seen.take(batch.times()[row])) interface.used.add(*percent);
  }
  return late;
}

Measured Steps::Target::measured() const {
  Measured result{.sent = std::max(sent - failed, 0.0),
                  .received = received,
                  .rtt_ms = rtt.value(),
                  .jitter_ms = jitter.value(),
                  .egress_queue_ms = egress.value(),
                  .path_ms = path.value(),
                  .host_stall_ms = stall,
                  .receive_dropped = dropped};
  if (sent > 0) {
    result.loss_percent =
        result.sent > 0 ? std::clamp(100 * (1 - received / result.sent), 0.0, 100.0) : 100;
  } else if (loss.value() && rtt.value()) {
    result.loss_percent = *loss.value();  // of rows without counts
    result.sent = 1;
    result.received = 1 - *loss.value() / 100;
  }
  return result;
}

std::optional<Step> Steps::next(std::optional<std::int64_t> until) {
  while (!open_.empty()) {
    const auto at = open_.begin();
    if (until && !has_ended(at->first, length_, *until)) return std::nullopt;
    Step step{.time = at->first, .targets = {}};
    std::optional<double> busiest;
    for (const auto& [name, used] : at->second.interfaces)
      busiest = std::max(busiest.value_or(0), used.used.value().value_or(0));
    for (const auto& [name, target] : at->second.targets) {
      Measured measured = target.measured();
      measured.utilization_percent = busiest;
      step.targets.emplace(name, measured);
    }
    left_until_ = at->first;
    open_.erase(at);
    if (!step.targets.empty()) return step;
  }
  return std::nullopt;
}

}  // namespace weir::qos_scorer
