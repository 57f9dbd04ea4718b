// SPDX-License-Identifier: Apache-2.0
#include "sampler.hpp"

#include <algorithm>
#include <utility>
#include <weir/pattern.hpp>

namespace weir::netdev_source {
namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

std::string trimmed(const std::string& text) {
  constexpr const char* blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

Selection select(const std::vector<std::string>& listed, const std::vector<std::string>& excluded) {
  Selection selection;
  for (const std::string& given : listed) {
    const std::string name = trimmed(given);
    if (name.empty()) continue;
    if (name == "default") {
      selection.default_route = true;
    } else if (name == "all") {
      add_once(selection.patterns, "*");
    } else {
      add_once(name.find('*') == std::string::npos ? selection.names : selection.patterns, name);
    }
  }
  for (const std::string& given : excluded) {
    if (const std::string name = trimmed(given); !name.empty()) add_once(selection.excluded, name);
  }
  return selection;
}

bool Selection::takes(std::string_view interface,
                      const std::optional<std::string>& default_interface) const {
  if (default_route && default_interface == interface) return true;
  if (std::find(names.begin(), names.end(), interface) != names.end()) return true;
  return matches_any(patterns, interface) && !matches_any(excluded, interface);
}

void Sampler::follow(std::span<const Present> present,
                     const std::optional<std::string>& default_interface) {
  if (std::exchange(taken_, false)) changes_ = {};
  std::vector<Watched> now;
  auto old = watched_.begin();
  for (const Present& interface : present) {
    while (old != watched_.end() && old->interface.index < interface.index)
      part_from(*old++, present);
    const bool known = old != watched_.end() && old->interface.index == interface.index &&
                       old->interface.birth == interface.birth;
    if (!selection_.takes(interface.name, default_interface)) continue;
    if (known) {
      if (old->interface.name != interface.name) {
        changes_.renamed.push_back({old->interface.name, interface.name});
        ended_.push_back(old->interface.name);
      }
      now.push_back({interface, old->last});
      ++old;
    } else {
      changes_.appeared.push_back(interface.name);
      now.push_back({interface, std::nullopt});
    }
  }
  while (old != watched_.end()) part_from(*old++, present);
  watched_ = std::move(now);
}

// One that is no longer watched. If it is still there under its name (the default route moved),
// its series has ended and has no gap.
void Sampler::part_from(const Watched& old, std::span<const Present> present) {
  const auto same = std::find_if(present.begin(), present.end(), [&](const Present& interface) {
    return interface.index == old.interface.index && interface.birth == old.interface.birth;
  });
  if (same != present.end() && same->name == old.interface.name) return;
  if (same != present.end()) {
    changes_.renamed.push_back({old.interface.name, same->name});
  } else {
    changes_.vanished.push_back(old.interface.name);
  }
  ended_.push_back(old.interface.name);
}

std::vector<Sample> Sampler::take(std::span<const Measured> measured,
                                  const std::function<Link(const Present&)>& link_of) {
  if (std::exchange(taken_, true)) changes_ = {};
  std::vector<Sample> samples;
  samples.reserve(watched_.size() + ended_.size());
  auto at = measured.begin();
  const Measured* last = nullptr;
  for (Watched& watched : watched_) {
    while (at != measured.end() && at->index < watched.interface.index) ++at;
    for (; at != measured.end() && at->index == watched.interface.index; ++at) last = &*at;
    if (last != nullptr && last->index == watched.interface.index)
      sample(watched, *last, link_of, samples);
  }
  for (std::string& name : ended_) {
    // Another interface may have taken the name over: two rows of one series would collide.
    const bool taken_over = std::any_of(samples.begin(), samples.end(), [&](const Sample& sample) {
      return sample.interface == name;
    });
    if (!taken_over) samples.push_back({std::move(name), std::nullopt, std::nullopt});
  }
  ended_.clear();
  return samples;
}

void Sampler::sample(Watched& watched, const Measured& now,
                     const std::function<Link(const Present&)>& link_of,
                     std::vector<Sample>& samples) {
  if (watched.last && now.at > watched.last->at) {
    const std::string& name = watched.interface.name;
    const auto rates =
        rates_between(watched.last->counters, now.counters, now.at - watched.last->at);
    if (!rates) changes_.reset.push_back(name);
    if (rates && rates->wrapped) ++changes_.wraps;
    samples.push_back(
        {name, rates,
         rates ? utilization_percent(*rates, link_of(watched.interface)) : std::nullopt});
  }
  watched.last = now;
}

}  // namespace weir::netdev_source
