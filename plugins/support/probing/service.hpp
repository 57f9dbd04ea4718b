// SPDX-License-Identifier: Apache-2.0
// What can become of a probe of a service, one taxonomy for DNS, TCP and HTTP, and the columns that
// say it. Loss is what `loss.hpp` says it is: probes that were sent and got no answer in time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <weir/batch.hpp>

#include "loss.hpp"
#include "rtt_columns.hpp"
#include "statistics.hpp"
#include "time.hpp"

namespace weir::probing {

enum class ServiceOutcome : std::uint8_t {
  received,     ///< the service did what was asked
  no_name,      ///< the name has no address
  no_data,      ///< the name exists, without a record of this type
  rcode,        ///< the DNS server answered with an error
  refused,      ///< nobody listens there
  unreachable,  ///< no way there, says the network or this host
  timeout,      ///< no answer in time
  send_failed,  ///< this host could not send
  tls,          ///< handshake or certificate
  status,       ///< another HTTP status than expected
  bad_answer    ///< the answer breaks the protocol
};
[[nodiscard]] std::string_view to_text(ServiceOutcome outcome);

/// `refused`, `unreachable`, `timeout` or `send_failed`, from an errno of a socket.
[[nodiscard]] ServiceOutcome outcome_of_errno(int error);

/// Which probe: the how-manieth of which target.
struct ProbeId {
  std::uint32_t target = 0;  ///< index in the node's list
  std::uint32_t number = 0;  ///< of the target's probes, from 0; may wrap
  friend bool operator==(const ProbeId&, const ProbeId&) = default;
};

/// What all probes of services tell.
struct ServiceResult {
  ProbeId probe;
  ServiceOutcome outcome = ServiceOutcome::received;
  bool sent = true;       ///< something left this host; false: the name was not known
  bool received = false;  ///< the service answered, be it with an error
  Nanos time{};           ///< from the probe to its answer, where there is one
  std::string error;      ///< why, for people; empty where all is well
};

/// What became of the probes of one target in one interval.
struct ServiceTally {
  LossTally loss;
  std::uint16_t unsent = 0;  ///< probes that had nobody to ask: no address, no socket
  Distribution rtt;
  std::optional<double> jitter_ms;                    ///< RFC 3550, after the last answer
  ServiceOutcome outcome = ServiceOutcome::received;  ///< of the last that was not received
  std::string error;                                  ///< of the same
};

/// sent, received, loss_percent, outcome, error, and the columns of round trips and losses.
class ServiceColumns {
 public:
  explicit ServiceColumns(BatchBuilder& builder);
  void set(BatchBuilder::Row& row, const ServiceTally& tally) const;

 private:
  BatchBuilder::Key sent_, received_, loss_, outcome_, error_;
  RttColumns rtt_columns_;
  LossColumns loss_columns_;
};

/// The mean of what some of the probes of an interval tell.
class MeanOf {
 public:
  void add(std::optional<double> value) {
    if (!value) return;
    ++count_;
    mean_ += (*value - mean_) / count_;
  }
  [[nodiscard]] std::optional<double> value() const {
    return count_ == 0 ? std::nullopt : std::optional(mean_);
  }

 private:
  double mean_ = 0;
  double count_ = 0;
};

}  // namespace weir::probing
