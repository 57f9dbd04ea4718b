// SPDX-License-Identifier: Apache-2.0
// From what people write to whom the prober asks, and how. Pure: no name is looked up here.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "prober.hpp"
#include "target_list.hpp"

namespace weir::icmp_source {

/// All that can be set for a target by itself. The defaults come from the node's options.
struct TargetSettings {
  Nanos interval = std::chrono::seconds(1);
  std::uint32_t count = 1;
  std::uint32_t size = 56;            ///< bytes of payload
  std::optional<std::uint32_t> dscp;  ///< 0 to 63
  std::optional<std::uint32_t> ttl;   ///< 1 to 255
  std::optional<bool> dont_fragment;
  std::string source;     ///< numeric address; empty: the kernel's choice
  std::string interface;  ///< name; empty: as routed
  bool all_addresses = false;
};

/// The limits of settings, for options and for targets alike.
struct SettingLimits {
  static constexpr Nanos shortest_interval = std::chrono::milliseconds(10);
  static constexpr Nanos longest_interval = std::chrono::hours(1);
  static constexpr std::uint32_t most_probes = 10'000;
  static constexpr std::uint32_t highest_dscp = 63;
};

/// Sets `key`; throws Error saying which keys there are, or what the value may be.
void apply_setting(TargetSettings& settings, const std::string& key, const std::string& value);

struct PlannedTarget {
  /// The tag `target`: the host; where a host stands twice, all that was written.
  std::string label;
  std::uint16_t profile = 0;
  bool all_addresses = false;
  [[nodiscard]] std::string host() const { return label.substr(0, label.find(' ')); }
};

struct Plan {
  std::vector<Profile> profiles;
  std::vector<std::string> interfaces;  ///< by profile; empty: none
  std::deque<PlannedTarget> targets;    ///< those of one interval and count side by side
  std::vector<std::string> repeated;    ///< left out, because they stand there twice
};

/// Takes targets one by one; holds little more than their names.
class Planner {
 public:
  explicit Planner(TargetSettings defaults) : defaults_(std::move(defaults)) {}
  /// Throws Error saying where and what is wrong.
  void add(const probing::TargetText& text);
  [[nodiscard]] Plan finish();

 private:
  struct Kind {
    std::uint16_t profile;
    bool all_addresses;
  };
  [[nodiscard]] Kind kind_of(const probing::TargetText& text);
  void tell_apart();

  TargetSettings defaults_;
  Plan plan_;
  std::unordered_map<std::string, Kind> kinds_;  // by the settings as written
  std::vector<std::string> settings_;            // as written, by profile
};

}  // namespace weir::icmp_source
