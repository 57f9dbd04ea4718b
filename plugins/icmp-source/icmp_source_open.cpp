// SPDX-License-Identifier: Apache-2.0
// From options to a prober that is ready.
#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "icmp_source.hpp"

namespace weir::icmp_source {
namespace {

// Long enough for a resolver that answers; one that does not must not hold up the start.
constexpr auto first_lookup_limit = std::chrono::seconds(2);
// Slots of a name of which all addresses are pinged.
constexpr std::uint8_t most_addresses = 8;
// What one core sends, measured by tests/bench/probing, with room to spare.
constexpr double probes_a_second = 80'000;
// Per slot: its state, its tally and its label. Per probe: a place among those remembered.
constexpr double bytes_a_slot = 220;
constexpr double bytes_a_probe = 24;

std::uint64_t random_64(std::random_device& random) {
  return std::uint64_t{random()} << 32 | random();
}

TargetSettings defaults_of(const IcmpSource::Options& options) {
  return {.interval = options.interval,
          .count = options.count,
          .size = options.size,
          .dscp = options.dscp,
          .ttl = options.ttl,
          .dont_fragment = options.dont_fragment,
          .source = options.source,
          .interface = options.interface,
          .all_addresses = options.addresses == Addresses::all};
}

}  // namespace

void IcmpSource::open_privileged(const Options& options, Keeper& keeper) {
  open_kept_sockets(options.family,
                    [&](const char* key, int descriptor) { keeper.keep(key, descriptor); });
}

void IcmpSource::open(Context& context) {
  context_ = &context;
  Plan plan = read_plan();
  if (plan.targets.empty()) {
    const std::string message =
        "there is nobody to ping: name hosts in 'targets', for example [127.0.0.1], or in "
        "'targets_file'";
    if (options.required) throw Fatal(message);
    context.log(Level::error, message + "; the rest of the pipeline runs without this node");
    return;
  }
  if (!open_sockets(plan)) return;
  start_prober(plan);
  look_for_interfaces(context.monotonic());
  resolve_targets();
  say_load(plan);
}

Plan IcmpSource::read_plan() {
  try {
    Planner planner(defaults_of(options));
    for (const std::string& text : std::exchange(options.targets, {})) {
      const probing::TargetText target = probing::parse_target(text);
      if (!target.host.empty()) planner.add(target);
    }
    if (!options.targets_file.empty()) {
      probing::read_target_file(options.targets_file,
                                [&](const probing::TargetText& target) { planner.add(target); });
    }
    Plan plan = planner.finish();
    for (const std::string& label : plan.repeated)
      warn("target '" + label + "' is listed twice; it is pinged once");
    return plan;
  } catch (const Error& wrong) {
    throw Fatal(wrong.what());
  }
}

bool IcmpSource::open_sockets(const Plan& plan) {
  std::uint32_t payload = 0;
  for (const Profile& profile : plan.profiles) payload = std::max(payload, profile.payload);
  sockets_ = world_.open_sockets(
      options.family, payload, [this] { return context_->monotonic(); },
      [this](Family family) { return context_->kept(socket_key(family)); });
  if (sockets_.sockets.empty()) {
    const std::string message =
        "no right to ping (" + sockets_.problem + "): " + remedy(world_.program);
    if (options.required) throw Fatal(message);
    context_->log(Level::error, message + "; the rest of the pipeline runs without this node");
    return false;
  }
  if (!sockets_.problem.empty())
    context_->log(Level::info, "one family cannot be pinged (" + sockets_.problem + ")");
  if (!sockets_.stamps_sending) {
    context_->log(Level::info,
                  "this kernel does not stamp packets that leave: round trips begin with the "
                  "process's own time, and their parts are unknown");
  }
  return true;
}

void IcmpSource::start_prober(Plan& plan) {
  std::random_device random;
  ProberConfig config{.profiles = plan.profiles,
                      .profile_of = {},
                      .timeout = options.timeout,
                      .tick = options.tick,
                      .stall = options.stall,
                      .seed = random_64(random),
                      .key = {random_64(random), random_64(random)},
                      .first_number = static_cast<std::uint32_t>(random()),
                      .per_probe = options.per_probe};
  targets_.reserve(plan.targets.size());
  for (const PlannedTarget& planned : plan.targets) {
    const bool several = planned.all_addresses && !parse_address(planned.host());
    const std::uint8_t slots = several ? most_addresses : 1;
    labels_ += planned.label;
    targets_.push_back({static_cast<std::uint32_t>(target_of_slot_.size()),
                        static_cast<std::uint32_t>(labels_.size()), planned.profile, slots});
    target_of_slot_.insert(target_of_slot_.end(), slots,
                           static_cast<std::uint32_t>(targets_.size() - 1));
    config.profile_of.insert(config.profile_of.end(), slots, planned.profile);
  }
  plan.targets.clear();
  plan.targets.shrink_to_fit();
  for (const Profile& profile : config.profiles) packet_options_.push_back(profile.packet);
  interfaces_ = std::move(plan.interfaces);
  std::vector<Socket*> sockets;
  for (const auto& socket : sockets_.sockets) sockets.push_back(socket.get());
  prober_ = std::make_unique<Prober>(std::move(config), std::move(sockets));
  prober_->on_send_failed = [this](std::uint32_t slot, int error) {
    report_send_failure(slot, error);
  };
  rows_.emplace();
  if (!options.per_probe) return;
  probe_rows_.emplace();
  prober_->on_probe = [this](const ProbeRow& row) {
    probe_rows_->add(row, label_of(target_of_slot_[row.slot]));
  };
}

void IcmpSource::resolve_targets() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const std::string_view label = label_of(i);
    std::string host(label.substr(0, label.find(' ')));
    const std::uint32_t slot = targets_[i].first_slot;
    const auto address = parse_address(host);
    if (!address) {
      names.push_back(std::move(host));
      resolved_targets_.push_back(i);
      for (std::uint8_t other = 1; other < targets_[i].slots; ++other) prober_->hide(slot + other);
    } else if (probing::fits(options.family, address->family)) {
      give_address(i, slot, *address);
    } else {
      unasked_[slot] = "not of the family asked for";
      warn(named(i) +
           " is not of the family asked for; its rows say 100 % loss: change 'family' or take "
           "the target out");
    }
  }
  const probing::ResolverConfig config{.family = options.family, .refresh = options.refresh};
  const bool any = !names.empty();
  resolver_ = std::make_unique<probing::Resolver>(std::move(names), config,
                                                  any ? world_.lookups() : nullptr);
  resolver_->wait_for_first(first_lookup_limit);
}

void IcmpSource::say_load(const Plan& plan) const {
  double rate = 0;
  for (const Target& target : targets_) {
    const Profile& profile = plan.profiles[target.profile];
    rate += 1e3 * profile.count / probing::to_ms(profile.interval);
  }
  const double remembered = 2 * std::chrono::duration<double>(options.timeout).count();
  const double bytes = bytes_a_slot * static_cast<double>(target_of_slot_.size()) +
                       bytes_a_probe * rate * std::max(remembered, 1.0);
  if (rate < probes_a_second && targets_.size() < 1000) return;
  const std::string load = std::to_string(targets_.size()) + " targets, " +
                           std::to_string(std::llround(rate)) + " probes a second, about " +
                           std::to_string(std::llround(bytes / 1e6)) + " MB";
  if (rate < probes_a_second) return context_->log(Level::info, load);
  context_->log(Level::warning,
                load +
                    ": that is more than one core sends (about 100000 a second), so probes may "
                    "leave late or be skipped; take a longer interval or several nodes");
}

}  // namespace weir::icmp_source
