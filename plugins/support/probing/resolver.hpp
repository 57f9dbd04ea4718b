// SPDX-License-Identifier: Apache-2.0
// Names to addresses, on a thread of its own: a server that is silent for half a minute delays no
// probe. A name is looked up again when its DNS time to live ends. Numeric addresses never come
// here.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "address.hpp"
#include "time.hpp"

namespace weir::probing {

/// All addresses of a name in the order to try them (RFC 6724), or why there are none.
struct Lookup {
  std::vector<Address> addresses;
  std::chrono::seconds ttl{};  ///< smallest of the answer; 0: not stated (the hosts file)
  std::string error;
};

/// Asks for many names at once. Called from one thread, but for wake. The real one is
/// ares_lookups.hpp; tests hand in their own.
class LookupService {
 public:
  struct Finished {
    std::size_t id;
    Lookup lookup;
  };
  LookupService() = default;
  LookupService(const LookupService&) = delete;
  LookupService& operator=(const LookupService&) = delete;
  virtual ~LookupService() = default;

  /// Begins a lookup; each ends in one Finished.
  virtual void start(std::size_t id, const std::string& name, FamilyChoice family) = 0;
  /// Works until a lookup has finished, `limit` has passed or wake was called.
  [[nodiscard]] virtual std::vector<Finished> wait(Nanos limit) = 0;
  /// Ends a wait, also one that begins later. [any thread]
  virtual void wake() = 0;
};

/// What became known of a name.
struct Resolution {
  std::size_t index;  ///< of the name in the list
  Lookup lookup;
};

struct ResolverConfig {
  FamilyChoice family = FamilyChoice::any;
  Nanos refresh = std::chrono::minutes(5);    ///< longest time between two lookups
  Nanos shortest = std::chrono::seconds(10);  ///< also where the time to live is shorter
  Nanos retry = std::chrono::seconds(30);     ///< for names that have no address
  std::size_t at_once = 64;  ///< lookups under way: thousands of names must not storm a server
};

class Resolver {
 public:
  /// Starts at once. Where `names` is empty it has no thread and needs no service.
  Resolver(std::vector<std::string> names, const ResolverConfig& config,
           std::unique_ptr<LookupService> service);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  /// Gives up what is under way.
  ~Resolver();

  /// Waits until every name was looked up once, but not longer than `limit`.
  void wait_for_first(Nanos limit);
  /// News since the last call, cheap where there are none; a name whose addresses are as before is
  /// not news.
  [[nodiscard]] std::vector<Resolution> take();

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace weir::probing
