// SPDX-License-Identifier: Apache-2.0
#include "node_run.hpp"

#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include <weir/testing.hpp>

#include "ares_lookups.hpp"
#include "icmp_source.hpp"

namespace weir::bench {
namespace {

std::string asked_servers;  // by the node of this process

icmp_source::World bench_world() {
  icmp_source::World world = icmp_source::this_machine();
  world.lookups = [] { return probing::ares_lookups(asked_servers); };
  return world;
}

struct Node : icmp_source::IcmpSource {
  Node() : IcmpSource(bench_world()) {}
};

std::int64_t steady_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}
std::int64_t utc_ns() {
  return std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double quantile(std::vector<float>& values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank),
                   values.end());
  return static_cast<double>(values[rank]);
}

// The smallest engine that there can be.
class Host {
 public:
  explicit Host(const std::vector<std::pair<std::string, std::string>>& options) {
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
          error, [&] { static_cast<Host*>(self)->take(import_batch(OwnedBatch(*batch))); });
    };
    output_.wake_at = [](void*, std::int64_t) {};
    create(options);
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host() { type_->destroy(node_); }

  NodeResult run(double seconds) {
    const std::int64_t begin = steady_ns();
    const std::int64_t end = begin + static_cast<std::int64_t>(seconds * 1e9);
    const double cpu = cpu_seconds();
    while (steady_ns() < end) {
      weir_next next{};
      next.size = sizeof next;
      next.fd = -1;
      call([&](weir_error* error) { return type_->produce(node_, &output_, &next, error); });
      if (next.state == WEIR_END) throw std::runtime_error("the node ended: no right to ping?");
      if (next.state == WEIR_WAIT) sleep(next);
    }
    result_.seconds = static_cast<double>(steady_ns() - begin) / 1e9;
    result_.cpu_s = cpu_seconds() - cpu;
    call([&](weir_error* error) {
      return type_->finish(node_, WEIR_FINISH_STOPPING, &output_, error);
    });
    result_.stall_p50_ms = quantile(stalls_, 0.5);
    result_.stall_p99_ms = quantile(stalls_, 0.99);
    result_.rtt_p50_us = 1e3 * quantile(round_trips_, 0.5);
    result_.rtt_p99_us = 1e3 * quantile(round_trips_, 0.99);
    return result_;
  }

 private:
  void create(const std::vector<std::pair<std::string, std::string>>& texts) {
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
    const std::int64_t pause = std::max<std::int64_t>(next.until - utc_ns(), 0);
    const timespec time{pause / 1'000'000'000, pause % 1'000'000'000};
    pollfd watched{next.fd, POLLIN, 0};
    ::ppoll(&watched, 1, &time, nullptr);
  }

  void take(const Batch& batch) {
    const auto sum = [&](const char* column) {
      double total = 0;
      for (const std::int64_t value : batch.column(column).integers())
        total += static_cast<double>(value);
      return total;
    };
    result_.sent += sum("sent");
    result_.received += sum("received");
    result_.lost += sum("lost");
    result_.late += sum("late");
    result_.unstamped += sum("unstamped");
    result_.dropped = std::max(result_.dropped, sum("receive_dropped"));
    const Column& stall = batch.column("host_stall_ms");
    const Column& rtt = batch.column("rtt_p50_ms");
    for (std::size_t row = 0; row < batch.rows() && stalls_.size() < kept; ++row) {
      if (stall.valid(row)) stalls_.push_back(static_cast<float>(stall.number(row)));
      if (rtt.valid(row)) round_trips_.push_back(static_cast<float>(rtt.number(row)));
    }
  }

  // Some rows are as good as all, and memory is measured here.
  static constexpr std::size_t kept = 20'000;
  const weir_node_type* type_ = detail::Adapter<Node>::type();
  weir_host host_{};
  weir_output output_{};
  void* node_ = nullptr;
  NodeResult result_;
  std::vector<float> stalls_, round_trips_;
};

}  // namespace

std::vector<double> NodeResult::numbers() const {
  return {seconds, cpu_s,     sent,         received,     lost,       late,
          dropped, unstamped, stall_p50_ms, stall_p99_ms, rtt_p50_us, rtt_p99_us};
}

NodeResult NodeResult::of(const std::vector<double>& n) {
  if (n.size() != 12) return {};
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11]};
}

NodeResult run_node(const std::vector<std::pair<std::string, std::string>>& options, double seconds,
                    const std::string& dns_servers) {
  asked_servers = dns_servers;
  Host host(options);
  return host.run(seconds);
}

}  // namespace weir::bench
