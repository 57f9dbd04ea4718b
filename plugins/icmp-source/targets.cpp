// SPDX-License-Identifier: Apache-2.0
#include "targets.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include <weir/error.hpp>
#include <weir/units.hpp>

namespace weir::icmp_source {
namespace {

std::uint32_t number(const std::string& key, const std::string& text, std::uint32_t low,
                     std::uint32_t high) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && stop == end && value >= low && value <= high) return value;
  throw Error(key + "=" + text + ": it must be a whole number from " + std::to_string(low) +
              " to " + std::to_string(high));
}

bool truth(const std::string& key, const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  throw Error(key + "=" + text + ": it must be true or false");
}

Nanos interval(const std::string& text) {
  const auto value = parse_duration(text);
  if (value && *value >= SettingLimits::shortest_interval &&
      *value <= SettingLimits::longest_interval) {
    return *value;
  }
  throw Error("interval=" + text + ": it must be a duration from 10ms to 1h");
}

// One text a kind of settings, so that targets that agree share a profile.
std::string settings_text(const probing::TargetText& target) {
  std::string text;
  for (const auto& [name, value] : target.settings) text += " " + name + "=" + value;
  return text;
}

PacketOptions packet_options(const TargetSettings& settings) {
  PacketOptions options;
  if (settings.dscp) options.traffic_class = static_cast<std::uint8_t>(*settings.dscp << 2);
  if (settings.ttl) options.hop_limit = static_cast<std::uint8_t>(*settings.ttl);
  options.dont_fragment = settings.dont_fragment;
  if (settings.source.empty()) return options;
  options.source = parse_address(settings.source);
  if (!options.source)
    throw Error("source=" + settings.source + ": it must be an IPv4 or IPv6 address of this host");
  return options;
}

}  // namespace

void apply_setting(TargetSettings& settings, const std::string& key, const std::string& value) {
  if (key == "interval") {
    settings.interval = interval(value);
  } else if (key == "count") {
    settings.count = number(key, value, 1, SettingLimits::most_probes);
  } else if (key == "size") {
    settings.size = number(key, value, minimum_payload, maximum_payload);
  } else if (key == "dscp") {
    settings.dscp = number(key, value, 0, SettingLimits::highest_dscp);
  } else if (key == "ttl") {
    settings.ttl = number(key, value, 1, 255);
  } else if (key == "dont_fragment") {
    settings.dont_fragment = truth(key, value);
  } else if (key == "source") {
    settings.source = value;
  } else if (key == "interface") {
    settings.interface = value;
  } else if (key == "addresses") {
    if (value != "one" && value != "all")
      throw Error("addresses=" + value + ": it must be one or all");
    settings.all_addresses = value == "all";
  } else {
    throw Error("there is no setting '" + key +
                "' of a target; there are interval, count, size, dscp, ttl, dont_fragment, source, "
                "interface, addresses");
  }
}

void Planner::add(const probing::TargetText& text) {
  try {
    const Kind kind = kind_of(text);
    plan_.targets.push_back({text.host, kind.profile, kind.all_addresses});
  } catch (const Error& wrong) {
    const std::string place = text.place.empty() ? "target '" + text.host + "'" : text.place;
    throw Error(place + ": " + wrong.what());
  }
}

Planner::Kind Planner::kind_of(const probing::TargetText& text) {
  std::string key = settings_text(text);
  const auto known = kinds_.find(key);
  if (known != kinds_.end()) return known->second;
  if (plan_.profiles.size() > std::numeric_limits<std::uint16_t>::max())
    throw Error("more than 65536 different settings of targets; give them to several nodes");
  TargetSettings settings = defaults_;
  for (const auto& [name, value] : text.settings) apply_setting(settings, name, value);
  const Kind kind{static_cast<std::uint16_t>(plan_.profiles.size()), settings.all_addresses};
  plan_.profiles.push_back({.interval = settings.interval,
                            .count = settings.count,
                            .payload = settings.size,
                            .packet = packet_options(settings)});
  plan_.interfaces.push_back(settings.interface);
  settings_.push_back(key);
  kinds_.emplace(std::move(key), kind);
  return kind;
}

// Rows of two targets with one tag could not be told apart.
void Planner::tell_apart() {
  auto& targets = plan_.targets;
  std::vector<std::uint32_t> order(targets.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto sort = [&] {
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tie(targets[a].label, a) < std::tie(targets[b].label, b);
    });
  };
  const auto same_as_before = [&](std::size_t i) {
    return targets[order[i]].label == targets[order[i - 1]].label;
  };
  sort();
  std::vector<std::uint32_t> others;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (same_as_before(i)) others.push_back(order[i]);
  }
  if (others.empty()) return;
  for (const std::uint32_t other : others)
    targets[other].label += settings_[targets[other].profile];
  sort();
  std::vector<std::uint32_t> repeated;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (same_as_before(i)) repeated.push_back(order[i]);
  }
  for (const std::uint32_t index : repeated)
    plan_.repeated.push_back(std::exchange(targets[index].label, {}));
  std::erase_if(targets, [](const PlannedTarget& target) { return target.label.empty(); });
}

Plan Planner::finish() {
  tell_apart();
  const auto pace = [this](const PlannedTarget& target) {
    const Profile& profile = plan_.profiles[target.profile];
    return std::pair(profile.interval, profile.count);
  };
  const auto slower = [&](const PlannedTarget& a, const PlannedTarget& b) {
    return pace(a) < pace(b);
  };
  if (!std::is_sorted(plan_.targets.begin(), plan_.targets.end(), slower))
    std::stable_sort(plan_.targets.begin(), plan_.targets.end(), slower);
  return std::move(plan_);
}

}  // namespace weir::icmp_source
