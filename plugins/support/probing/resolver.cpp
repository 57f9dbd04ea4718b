// SPDX-License-Identifier: Apache-2.0
#include "resolver.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <utility>

namespace weir::probing {
namespace {

Nanos steady_now() { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace

class Resolver::Worker {
 public:
  Worker(std::vector<std::string> names, const ResolverConfig& config,
         std::unique_ptr<LookupService> service)
      : config_(config), service_(std::move(service)), unknown_(names.size()) {
    for (std::string& name : names) {
      due_.push({Nanos{}, names_.size()});
      names_.push_back({.text = std::move(name), .addresses = {}});
    }
    if (!names_.empty()) thread_ = std::thread([this] { work(); });
  }
  ~Worker() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    service_->wake();
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void wait_for_first(Nanos limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return unknown_ == 0; });
  }

  std::vector<Resolution> take() {
    if (!has_news_.load(std::memory_order_relaxed)) return {};
    const std::lock_guard lock(mutex_);
    has_news_ = false;
    return std::exchange(news_, {});
  }

 private:
  struct Name {
    std::string text;
    bool known = false;
    std::vector<Address> addresses;
  };
  using Due = std::pair<Nanos, std::size_t>;

  void work() {
    while (!stopping_) {
      while (!due_.empty() && under_way_ < config_.at_once && due_.top().first <= steady_now()) {
        const std::size_t index = due_.top().second;
        due_.pop();
        ++under_way_;
        service_->start(index, names_[index].text, config_.family);
      }
      const bool waits_for_time = !due_.empty() && under_way_ < config_.at_once;
      const Nanos limit = waits_for_time ? std::max(due_.top().first - steady_now(), Nanos{})
                                         : Nanos{std::chrono::hours(1)};
      for (auto& finished : service_->wait(limit)) store(finished);
    }
  }

  void store(LookupService::Finished& finished) {
    --under_way_;
    const Lookup& found = finished.lookup;
    const Nanos pause = found.addresses.empty()
                            ? config_.retry
                            : std::clamp<Nanos>(found.ttl, config_.shortest,
                                                std::max(config_.shortest, config_.refresh));
    due_.push({steady_now() + pause, finished.id});
    Name& name = names_[finished.id];
    // Round-robin DNS turns the order at each answer: only another set is news.
    const bool same = std::is_permutation(found.addresses.begin(), found.addresses.end(),
                                          name.addresses.begin(), name.addresses.end());
    const std::lock_guard lock(mutex_);
    if (!name.known || !same) {
      name.addresses = found.addresses;
      news_.push_back({finished.id, std::move(finished.lookup)});
      has_news_ = true;
    }
    if (!std::exchange(name.known, true)) --unknown_;
    changed_.notify_all();
  }

  const ResolverConfig config_;
  const std::unique_ptr<LookupService> service_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> has_news_ = false;

  // Of the thread alone.
  std::vector<Name> names_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::size_t under_way_ = 0;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::size_t unknown_;
  std::vector<Resolution> news_;

  std::thread thread_;
};

Resolver::Resolver(std::vector<std::string> names, const ResolverConfig& config,
                   std::unique_ptr<LookupService> service)
    : worker_(std::make_unique<Worker>(std::move(names), config, std::move(service))) {}

Resolver::~Resolver() = default;

void Resolver::wait_for_first(Nanos limit) { worker_->wait_for_first(limit); }

std::vector<Resolution> Resolver::take() { return worker_->take(); }

}  // namespace weir::probing
