// SPDX-License-Identifier: Apache-2.0
#include "resolver.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

namespace weir::icmp_source {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

std::optional<Address> to_address(const addrinfo& found) {
  Address address;
  if (found.ai_family == AF_INET) {
    sockaddr_in name{};
    std::memcpy(&name, found.ai_addr, sizeof name);
    std::memcpy(address.bytes.data(), &name.sin_addr, 4);
    return address;
  }
  if (found.ai_family != AF_INET6) return std::nullopt;
  sockaddr_in6 name{};
  std::memcpy(&name, found.ai_addr, sizeof name);
  address.family = Family::ipv6;
  std::memcpy(address.bytes.data(), &name.sin6_addr, 16);
  address.scope = name.sin6_scope_id;
  return address;
}

}  // namespace

Lookup look_up(const std::string& name, FamilyChoice family) {
  addrinfo hints{};
  hints.ai_family = family == FamilyChoice::any    ? AF_UNSPEC
                    : family == FamilyChoice::ipv4 ? AF_INET
                                                   : AF_INET6;
  hints.ai_socktype = SOCK_DGRAM;  // one entry an address instead of one a socket type
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &list); error != 0) {
    return {{}, ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  Lookup lookup;
  for (const addrinfo* found = list; found != nullptr; found = found->ai_next) {
    if (const auto address = to_address(*found)) lookup.addresses.push_back(*address);
  }
  if (lookup.addresses.empty()) lookup.error = "the name has no address";
  return lookup;
}

// Outlives the resolver while a lookup hangs: threads hold it, and are never waited for.
struct Resolver::Shared {
  struct Name {
    explicit Name(std::string given) : text(std::move(given)) {}
    std::string text;
    SteadyTime due{};
    bool busy = false;
    bool known = false;
    std::vector<Address> addresses;
  };

  Shared(std::vector<std::string> texts, const ResolverConfig& given, LookupFunction function)
      : config(given), lookup(std::move(function)), unknown(texts.size()) {
    for (std::string& text : texts) names.emplace_back(std::move(text));
  }

  void work() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      const auto name = next();
      if (name == names.end() || name->due > std::chrono::steady_clock::now()) {
        if (name == names.end()) {
          changed.wait(lock);
        } else {
          changed.wait_until(lock, SteadyTime{name->due});
        }
        continue;
      }
      name->busy = true;
      lock.unlock();
      Lookup found = lookup(name->text, config.family);  // the text never changes
      lock.lock();
      store(*name, std::move(found));
    }
  }

  // The idle name that is due first.
  std::vector<Name>::iterator next() {
    auto best = names.end();
    for (auto name = names.begin(); name != names.end(); ++name) {
      if (!name->busy && (best == names.end() || name->due < best->due)) best = name;
    }
    return best;
  }

  void store(Name& name, Lookup found) {
    const auto pause = found.addresses.empty() ? config.retry : config.refresh;
    name.due = std::chrono::steady_clock::now() +
               std::chrono::duration_cast<std::chrono::steady_clock::duration>(pause);
    name.busy = false;
    // Round-robin DNS turns the order at each answer: only another set is news.
    const auto same = std::is_permutation(found.addresses.begin(), found.addresses.end(),
                                          name.addresses.begin(), name.addresses.end());
    if (!name.known || !same) {
      name.addresses = found.addresses;
      news.push_back({static_cast<std::size_t>(&name - names.data()), std::move(found)});
    }
    if (!std::exchange(name.known, true)) --unknown;
    changed.notify_all();
  }

  const ResolverConfig config;
  const LookupFunction lookup;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  std::vector<Name> names;
  std::size_t unknown;
  std::vector<Resolution> news;
};

Resolver::Resolver(std::vector<std::string> names, const ResolverConfig& config,
                   LookupFunction lookup)
    : shared_(std::make_shared<Shared>(std::move(names), config, std::move(lookup))) {
  const std::size_t threads = std::min(config.threads, shared_->names.size());
  for (std::size_t i = 0; i < threads; ++i) {
    std::thread([shared = shared_] { shared->work(); }).detach();
  }
}

Resolver::~Resolver() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stopping = true;
  shared_->changed.notify_all();
}

void Resolver::wait_for_first(std::chrono::nanoseconds limit) {
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait_for(lock, limit, [this] { return shared_->unknown == 0; });
}

std::vector<Resolution> Resolver::take() {
  const std::lock_guard lock(shared_->mutex);
  return std::exchange(shared_->news, {});
}

}  // namespace weir::icmp_source
