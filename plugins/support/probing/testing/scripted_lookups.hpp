// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Names that a test knows, answered at once; all others are not known.

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "resolver.hpp"

namespace weir::probing::testing {

class ScriptedLookups final : public LookupService {
 public:
  /// By name, one numeric address.
  explicit ScriptedLookups(std::map<std::string, std::string> known) : known_(std::move(known)) {}

  void start(std::size_t id, const std::string& name, FamilyChoice) override {
    Lookup lookup{.addresses = {}, .ttl = std::chrono::minutes(1), .error = {}};
    if (const auto at = known_.find(name); at != known_.end()) {
      lookup.addresses.push_back(parse_address(at->second).value());
    } else {
      lookup.error = "not known";
    }
    done_.push_back({id, std::move(lookup)});
  }
  std::vector<Finished> wait(Nanos limit) override {
    std::unique_lock lock(mutex_);
    if (done_.empty()) woken_.wait_for(lock, limit, [this] { return awake_; });
    return std::exchange(done_, {});
  }
  void wake() override {
    const std::lock_guard lock(mutex_);
    awake_ = true;
    woken_.notify_all();
  }

 private:
  std::map<std::string, std::string> known_;
  std::vector<Finished> done_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;
};

}  // namespace weir::probing::testing
