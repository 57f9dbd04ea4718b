// SPDX-License-Identifier: Apache-2.0
// Lookups by c-ares: the hosts file, then DNS with its times to live, any number at once and none
// of them blocking. It does not ask mDNS or other services of nsswitch.conf.
#pragma once

#include <memory>
#include <string>

#include "resolver.hpp"

namespace weir::probing {

/// `servers`: "address:port" of DNS servers, with commas; empty: those of /etc/resolv.conf, which
/// is read again when it changes. Throws Error where c-ares cannot start.
[[nodiscard]] std::unique_ptr<LookupService> ares_lookups(std::string servers = {});

}  // namespace weir::probing
