// SPDX-License-Identifier: Apache-2.0
// What can become of a probe of a service, one taxonomy for DNS, TCP and HTTP, and the columns that
// say it. Loss is what `loss.hpp` says it is: probes that were sent and got no answer in time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <weir/batch.hpp>

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

/// What all probes of services tell.
struct ServiceResult {
  std::uint32_t target = 0;  ///< index in the node's list
  Nanos label{};             ///< beginning of the interval, UTC
  ServiceOutcome outcome = ServiceOutcome::received;
  bool sent = true;       ///< something left this host; false: the name was not known
  bool received = false;  ///< the service answered, be it with an error
  std::string error;      ///< why, for people; empty where all is well
};

/// sent, received, loss_percent, outcome, error.
class ServiceColumns {
 public:
  explicit ServiceColumns(BatchBuilder& builder);
  void set(BatchBuilder::Row& row, const ServiceResult& result) const;

 private:
  BatchBuilder::Key sent_, received_, loss_, outcome_, error_;
};

}  // namespace weir::probing
