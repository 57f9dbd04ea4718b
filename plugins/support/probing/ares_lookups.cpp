// SPDX-License-Identifier: Apache-2.0
#include "ares_lookups.hpp"

#include <ares.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <weir/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "ares_library.hpp"

namespace weir::probing {
namespace {

namespace fs = std::filesystem;

// Three servers, twice each, are given up after some ten seconds; the next try comes by itself.
constexpr int first_timeout_ms = 1500;
constexpr int tries = 2;

std::optional<Address> to_address(const ares_addrinfo_node& node) {
  Address address;
  if (node.ai_family == AF_INET) {
    sockaddr_in name{};
    std::memcpy(&name, node.ai_addr, sizeof name);
    std::memcpy(address.bytes.data(), &name.sin_addr, 4);
    return address;
  }
  if (node.ai_family != AF_INET6) return std::nullopt;
  sockaddr_in6 name{};
  std::memcpy(&name, node.ai_addr, sizeof name);
  address.family = Family::ipv6;
  std::memcpy(address.bytes.data(), &name.sin6_addr, 16);
  address.scope = name.sin6_scope_id;
  return address;
}

Lookup to_lookup(int status, const ares_addrinfo* found) {
  Lookup lookup;
  if (status != ARES_SUCCESS || found == nullptr) {
    lookup.error = ::ares_strerror(status);
    return lookup;
  }
  int ttl = 0x7fffffff;
  for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next) {
    const auto address = to_address(*node);
    if (!address) continue;
    ttl = std::min(ttl, node->ai_ttl);
    const auto& known = lookup.addresses;
    if (std::find(known.begin(), known.end(), *address) == known.end())
      lookup.addresses.push_back(*address);
  }
  // An alias may live shorter than the address that it points to.
  for (const ares_addrinfo_cname* name = found->cnames; name != nullptr; name = name->next)
    ttl = std::min(ttl, name->ttl);
  lookup.ttl = std::chrono::seconds(std::max(ttl, 0));
  if (lookup.addresses.empty()) lookup.error = "the name has no address";
  return lookup;
}

class AresLookups final : public LookupService {
 public:
  explicit AresLookups(std::string servers) : servers_(std::move(servers)) {
    start_ares_library();
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0) throw Error(std::string("no eventfd for lookups: ") + std::strerror(errno));
    open_channel();
  }
  ~AresLookups() override {
    ::ares_destroy(channel_);
    ::close(wake_);
  }
  AresLookups(const AresLookups&) = delete;
  AresLookups& operator=(const AresLookups&) = delete;

  void start(std::size_t id, const std::string& name, FamilyChoice family) override {
    if (under_way_ == 0 && servers_.empty() && resolv_conf_changed()) open_channel();
    ares_addrinfo_hints hints{};
    hints.ai_family = family == FamilyChoice::any    ? AF_UNSPEC
                      : family == FamilyChoice::ipv4 ? AF_INET
                                                     : AF_INET6;
    hints.ai_socktype = SOCK_DGRAM;
    ++under_way_;
    auto request = std::make_unique<Request>(Request{this, id});
    // c-ares calls back once for each request, in ares_destroy at the latest.
    ::ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, &AresLookups::done,
                       request.release());
  }

  std::vector<Finished> wait(Nanos limit) override {
    // Names of the hosts file and bad ones are done at once.
    if (finished_.empty()) work(limit);
    return std::exchange(finished_, {});
  }

  void wake() override {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  }

 private:
  struct Request {
    AresLookups* owner;
    std::size_t id;
  };

  static void done(void* argument, int status, int, ares_addrinfo* found) {
    const std::unique_ptr<Request> request(static_cast<Request*>(argument));
    --request->owner->under_way_;
    request->owner->finished_.push_back({request->id, to_lookup(status, found)});
    if (found != nullptr) ::ares_freeaddrinfo(found);
  }

  void open_channel() {
    if (channel_ != nullptr) ::ares_destroy(std::exchange(channel_, nullptr));
    ares_options options{};
    options.timeout = first_timeout_ms;
    options.tries = tries;
    int status = ::ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (status == ARES_SUCCESS && !servers_.empty())
      status = ::ares_set_servers_ports_csv(channel_, servers_.c_str());
    if (status != ARES_SUCCESS)
      throw Error(std::string("names cannot be looked up: ") + ::ares_strerror(status));
    static_cast<void>(resolv_conf_changed());
  }

  bool resolv_conf_changed() {
    std::error_code error;
    const auto written = fs::last_write_time("/etc/resolv.conf", error);
    return std::exchange(resolv_conf_, written) != written;
  }

  void work(Nanos limit) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const auto mask = static_cast<unsigned>(
        ::ares_getsock(channel_, sockets.data(), static_cast<int>(sockets.size())));
    std::array<pollfd, ARES_GETSOCK_MAXNUM + 1> watched{};
    std::size_t count = 0;
    watched[count++] = {.fd = wake_, .events = POLLIN, .revents = 0};
    for (unsigned i = 0; i < sockets.size(); ++i) {
      const bool readable = (mask >> i & 1U) != 0;
      const bool writable = (mask >> (i + ARES_GETSOCK_MAXNUM) & 1U) != 0;
      if (!readable && !writable) continue;
      const int events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
      watched[count++] = {.fd = sockets[i], .events = static_cast<short>(events), .revents = 0};
    }
    const int ready = ::poll(watched.data(), count, timeout_ms(limit));
    if (ready > 0 && watched[0].revents != 0) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto got = ::read(wake_, &ignored, sizeof ignored);
    }
    for (std::size_t i = 1; i < count; ++i) {
      const bool readable = (watched[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool writable = (watched[i].revents & POLLOUT) != 0;
      if (!readable && !writable) continue;
      ::ares_process_fd(channel_, readable ? watched[i].fd : ARES_SOCKET_BAD,
                        writable ? watched[i].fd : ARES_SOCKET_BAD);
    }
    ::ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timeouts
  }

  int timeout_ms(Nanos limit) const {
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    const auto most = static_cast<int>(std::clamp<std::int64_t>(whole, 0, 3'600'000));
    timeval time{};
    if (::ares_timeout(channel_, nullptr, &time) == nullptr) return most;
    return std::min<int>(most, static_cast<int>(time.tv_sec * 1000 + time.tv_usec / 1000 + 1));
  }

  std::string servers_;
  ares_channel channel_ = nullptr;
  fs::file_time_type resolv_conf_{};
  std::size_t under_way_ = 0;
  std::vector<Finished> finished_;
  int wake_ = -1;
};

}  // namespace

std::unique_ptr<LookupService> ares_lookups(std::string servers) {
  return std::make_unique<AresLookups>(std::move(servers));
}

}  // namespace weir::probing
