// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/host_services.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace weir::core::runtime {

void StopSignal::raise() {
  {
    const std::lock_guard lock(mutex_);
    raised_.store(true);
  }
  changed_.notify_all();
}

bool StopSignal::wait_for(Duration delay) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, delay, [&] { return raised_.load(); });
}

void Outside::log(Level level, std::string_view node, std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (log_) log_(level, node, text);
}

const void* Outside::query(const std::string& node, const char* extension) {
  // Not under the lock: whoever answers may log.
  std::function<const void*(const std::string&, const char*)> query;
  {
    const std::lock_guard lock(mutex_);
    query = query_;
  }
  return query ? query(node, extension) : nullptr;
}

void Outside::close() {
  const std::lock_guard lock(mutex_);
  log_ = nullptr;
  query_ = nullptr;
}

namespace {

HostServices& of(void* self) { return *static_cast<HostServices*>(self); }

Level level_of(std::int32_t level) {
  return static_cast<Level>(std::clamp<std::int32_t>(level, WEIR_LOG_DEBUG, WEIR_LOG_ERROR));
}

}  // namespace

// Nothing may throw into a plugin: the functions below are called through a C struct.
HostServices::HostServices(std::shared_ptr<World> world, std::string node)
    : world_(std::move(world)), node_(std::move(node)) {
  host_.size = sizeof host_;
  host_.self = this;
  host_.now = [](void* self) -> std::int64_t {
    return of(self).world_->clock->now().time_since_epoch().count();
  };
  host_.monotonic = [](void* self) -> std::int64_t {
    return of(self).world_->clock->monotonic().count();
  };
  host_.stopping = [](void* self) -> std::int32_t {
    return of(self).world_->stop.raised() ? 1 : 0;
  };
  host_.log = [](void* self, std::int32_t level, const char* text, std::size_t length) {
    try {
      if (text == nullptr) return;
      of(self).signs_.fetch_add(1);
      of(self).world_->outside->log(level_of(level), of(self).node_, {text, length});
    } catch (...) {  // a line that cannot be logged is not worth a node
    }
  };
  host_.count = [](void* self, const char* counter, std::uint64_t amount) {
    try {
      if (counter != nullptr) of(self).count(counter, amount);
    } catch (...) {  // out of memory: the total is short
    }
  };
  host_.wait_until = [](void* self, std::int64_t time) -> std::int32_t {
    try {
      return of(self).wait_until(Timestamp{Duration{time}}) ? 1 : 0;
    } catch (...) {
      return 0;
    }
  };
  host_.query = [](void* self, const char* extension) -> const void* {
    try {
      if (extension == nullptr) return nullptr;
      return of(self).world_->outside->query(of(self).node_, extension);
    } catch (...) {
      return nullptr;
    }
  };
}

bool HostServices::wait_until(Timestamp time) {
  waiting_.fetch_add(1);
  const bool came = world_->wait_until(*world_, time);
  signs_.fetch_add(1);
  waiting_.fetch_sub(1);
  return came;
}

void HostServices::count(const char* counter, std::uint64_t amount) {
  signs_.fetch_add(1);
  const std::lock_guard lock(mutex_);
  counters_[counter] += amount;
}

std::map<std::string, std::uint64_t> HostServices::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace weir::core::runtime
