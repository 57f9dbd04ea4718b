// SPDX-License-Identifier: Apache-2.0
#include "sampler.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace weir::netdev_source {
namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

Selection select(const std::vector<std::string>& listed) {
  constexpr const char* blanks = " \t\r\n";
  Selection selection;
  for (const std::string& given : listed) {
    const auto first = given.find_first_not_of(blanks);
    if (first == std::string::npos) continue;
    const std::string name = given.substr(first, given.find_last_not_of(blanks) - first + 1);
    if (name == "default") {
      selection.default_route = true;
    } else if (name == "all") {
      selection.all = true;
    } else {
      add_once(selection.names, name);
    }
  }
  return selection;
}

std::vector<std::string> Sampler::watched(const Reading& reading) const {
  std::vector<std::string> names;
  if (selection_.all) {
    for (const Interface& interface : reading.table.interfaces) names.push_back(interface.name);
    return names;
  }
  if (selection_.default_route && reading.default_interface)
    names.push_back(*reading.default_interface);
  for (const std::string& name : selection_.names) add_once(names, name);
  return names;
}

std::vector<Sample> Sampler::take(const Reading& reading,
                                  const std::function<Link(const std::string&)>& link_of) {
  changes_ = {};
  std::vector<Sample> samples;
  std::unordered_map<std::string_view, const Interface*> there;
  for (const Interface& interface : reading.table.interfaces)
    there.emplace(interface.name, &interface);
  std::map<std::string, Seen> now;
  for (const std::string& name : watched(reading)) {
    const auto found = there.find(name);
    if (found == there.end()) continue;
    const Counters& counters = found->second->counters;
    const auto before = seen_.find(name);
    if (before == seen_.end()) {
      changes_.appeared.push_back(name);
    } else if (reading.at > before->second.at) {
      const Nanos elapsed = reading.at - before->second.at;
      const auto rates = rates_between(before->second.counters, counters, elapsed);
      if (!rates) changes_.reset.push_back(name);
      if (rates && rates->wrapped) ++changes_.wraps;
      samples.push_back(
          {name, rates, rates ? utilization_percent(*rates, link_of(name)) : std::nullopt});
    }
    now[name] = {counters, reading.at};
  }
  for (const auto& [name, seen] : seen_) {
    // One that is there but no longer watched (the default route moved) has no gap: it has ended.
    if (now.contains(name) || there.contains(name)) continue;
    changes_.vanished.push_back(name);
    samples.push_back({name, std::nullopt, std::nullopt});
  }
  seen_ = std::move(now);
  return samples;
}

}  // namespace weir::netdev_source
