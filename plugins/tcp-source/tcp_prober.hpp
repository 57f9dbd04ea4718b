// SPDX-License-Identifier: Apache-2.0
// Connects without blocking, to any number of targets at once, and closes again.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "address.hpp"
#include "file_descriptor.hpp"
#include "poller.hpp"
#include "resolver.hpp"
#include "service.hpp"
#include "service_thread.hpp"
#include "targets.hpp"

namespace weir::tcp_source {

using probing::Nanos;

struct TcpResult : probing::ServiceResult {
  std::optional<probing::Address> address;
  std::optional<double> handshake_ms;       ///< SYN to SYN-ACK, by the kernel (tcp_info of tcp(7))
  std::optional<std::int64_t> retransmits;  ///< of the SYN

  struct Summary {
    std::optional<probing::Address> address;  ///< the last of the interval
    probing::MeanOf handshake_ms;
    std::optional<std::int64_t> retransmits;
    void add(const TcpResult& result) {
      if (result.address) address = result.address;
      handshake_ms.add(result.handshake_ms);
      if (result.retransmits) retransmits = retransmits.value_or(0) + *result.retransmits;
    }
  };
};

struct TcpConfig {
  Nanos patience = std::chrono::seconds(6);  ///< for how long a connection is waited for
  probing::ResolverConfig names;
};

class TcpProber final : public probing::ServiceProber<TcpResult> {
 public:
  /// `service` looks up the names among the targets; it may be null where there are none. Waits a
  /// moment for the first answers.
  TcpProber(const std::vector<Target>& targets, const TcpConfig& config,
            std::unique_ptr<probing::LookupService> service);

  void start(probing::ProbeId probe) override;
  void work(Nanos limit, std::vector<TcpResult>& ended) override;
  void describe(TcpResult& silent) const override {
    silent.address = places_[silent.probe.target].address;
  }
  void wake() override { poller_.wake(); }

 private:
  struct Place {
    std::optional<probing::Address> address;
    std::uint16_t port = 0;
    std::string error;  // why there is no address
  };
  struct Probe {
    probing::FileDescriptor socket;
    TcpResult result;
    Nanos began{};
    std::uint64_t serial = 0;
  };
  struct Deadline {
    Nanos time;
    int fd;
    std::uint64_t serial;
  };

  void take_names();
  void connect(const Place& place, Probe probe);
  void finish(int fd, Nanos now);
  void expire(Nanos now);
  void fail(Probe& probe, int error);

  const TcpConfig config_;
  std::vector<Place> places_;
  std::vector<std::size_t> named_;  // places, by name of resolver_
  std::unique_ptr<probing::Resolver> resolver_;
  probing::Poller poller_;
  std::unordered_map<int, Probe> under_way_;  // by descriptor
  std::deque<Deadline> deadlines_;            // all have one timeout, so they come in order
  std::uint64_t serial_ = 0;
  std::vector<TcpResult> ended_;
};

}  // namespace weir::tcp_source
