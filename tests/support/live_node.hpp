// SPDX-License-Identifier: Apache-2.0
// A source on real clocks, through the C boundary, with the smallest engine that there can be:
// nothing but the node costs time.
#pragma once

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <weir/testing.hpp>

namespace weir::test {

/// `Node` is made without arguments. It logs errors to standard error.
template <class Node>
class LiveNode {
 public:
  using Options = std::vector<std::pair<std::string, std::string>>;  ///< as in a pipeline
  using Take = std::function<void(const Batch&)>;

  /// Opens it. `take` has each batch. Throws std::runtime_error with what the node says.
  LiveNode(const Options& options, Take take) : take_(std::move(take)) {
    host_.size = sizeof host_;
    host_.self = this;
    host_.now = [](void*) { return utc_ns(); };
    host_.monotonic = [](void*) { return steady_ns(); };
    host_.stopping = [](void*) { return 0; };
    host_.log = [](void*, std::int32_t level, const char* text, std::size_t length) {
      if (level >= WEIR_LOG_ERROR) std::fprintf(stderr, "%.*s\n", static_cast<int>(length), text);
    };
    host_.count = [](void*, const char*, std::uint64_t) {};
    host_.wait_until = [](void*, std::int64_t) { return 1; };
    host_.query = [](void*, const char*) -> const void* { return nullptr; };
    output_.size = sizeof output_;
    output_.self = this;
    output_.emit = [](void* self, weir_batch* batch, weir_error* error) {
      return detail::guarded(
          error, [&] { static_cast<LiveNode*>(self)->take_(import_batch(OwnedBatch(*batch))); });
    };
    output_.wake_at = [](void*, std::int64_t) {};
    create(options);
  }
  LiveNode(const LiveNode&) = delete;
  LiveNode& operator=(const LiveNode&) = delete;
  ~LiveNode() {
    if (node_ != nullptr) type_->destroy(node_);
  }

  /// Calls the node whenever it wants to be, as long as `on` says so; it is asked each 50 ms.
  template <class On>
  void run_while(On&& on) {
    while (on()) {
      weir_next next{};
      next.size = sizeof next;
      next.fd = -1;
      call([&](weir_error* error) { return type_->produce(node_, &output_, &next, error); });
      if (next.state == WEIR_END) throw std::runtime_error("the node ended: no right to ping?");
      if (next.state == WEIR_WAIT) sleep(next);
    }
  }
  void finish() {
    call([&](weir_error* error) {
      return type_->finish(node_, WEIR_FINISH_STOPPING, &output_, error);
    });
  }

 private:
  static std::int64_t steady_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  }
  static std::int64_t utc_ns() {
    return std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  }

  void create(const Options& texts) {
    testing::detail_testing::OptionStore store;
    std::vector<weir_option> options;
    for (const auto& [name, text] : texts) {
      const auto look = [&, &key = name,
                         &value = text]<class Owner, class T>(const Field<Owner, T>& field) {
        if (field.name == key) options.push_back({key.c_str(), store.value<T>(value)});
      };
      std::apply([&](const auto&... fields) { (look(fields), ...); }, Node::Options::fields);
    }
    weir_node_config config{};
    config.size = sizeof config;
    config.name = Node::name;
    config.options = options.data();
    config.option_count = options.size();
    call([&](weir_error* error) { return type_->create(&host_, &config, &node_, error); });
    call([&](weir_error* error) { return type_->open(node_, error); });
  }

  template <class Call>
  static void call(Call&& made) {
    weir_error error{};
    error.size = sizeof error;
    if (made(&error) != WEIR_OK) throw std::runtime_error(error.message);
  }

  static void sleep(const weir_next& next) {
    const std::int64_t pause = std::clamp<std::int64_t>(next.until - utc_ns(), 0, 50'000'000);
    const timespec time{0, pause};
    pollfd watched{next.fd, POLLIN, 0};
    ::ppoll(&watched, 1, &time, nullptr);
  }

  const Take take_;
  const weir_node_type* type_ = detail::Adapter<Node>::type();
  weir_host host_{};
  weir_output output_{};
  void* node_ = nullptr;
};

}  // namespace weir::test
