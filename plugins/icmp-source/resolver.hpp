// SPDX-License-Identifier: Apache-2.0
// Names to addresses, off the probing thread: a resolver that hangs for half a minute delays no
// probe. Numeric addresses never go through it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "address.hpp"

namespace weir::icmp_source {

enum class FamilyChoice : std::uint8_t { any, ipv4, ipv6 };

/// All addresses of a name in the order to try them, or why there are none. May block.
struct Lookup {
  std::vector<Address> addresses;
  std::string error;
};
using LookupFunction = std::function<Lookup(const std::string& name, FamilyChoice family)>;

/// getaddrinfo: hosts file, DNS and whatever else the machine is set up for, sorted by RFC 6724.
[[nodiscard]] Lookup look_up(const std::string& name, FamilyChoice family);

/// What became known of a name.
struct Resolution {
  std::size_t index;  ///< of the name in the list
  Lookup lookup;
};

struct ResolverConfig {
  FamilyChoice family = FamilyChoice::any;
  std::chrono::nanoseconds refresh = std::chrono::minutes(5);  ///< for names that have an address
  std::chrono::nanoseconds retry = std::chrono::seconds(30);   ///< for names that have none
  std::size_t threads = 4;  ///< so that one dead name does not hold up all behind it
};

class Resolver {
 public:
  /// Starts at once, on threads of its own; none where `names` is empty.
  Resolver(std::vector<std::string> names, const ResolverConfig& config,
           LookupFunction lookup = look_up);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  /// Does not wait for a lookup that hangs; its thread ends when the lookup does.
  ~Resolver();

  /// Waits until every name was looked up once, but not longer than `limit`.
  void wait_for_first(std::chrono::nanoseconds limit);
  /// News since the last call; a name whose addresses are as before is not news.
  [[nodiscard]] std::vector<Resolution> take();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace weir::icmp_source
