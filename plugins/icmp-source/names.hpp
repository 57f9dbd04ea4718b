// SPDX-License-Identifier: Apache-2.0
// What this plugin takes from plugins/support/probing under its own name.
#pragma once

#include "address.hpp"
#include "file_descriptor.hpp"
#include "sockaddr.hpp"
#include "time.hpp"

namespace weir::icmp_source {

using probing::Address;
using probing::Family;
using probing::FamilyChoice;
using probing::FileDescriptor;
using probing::from_sockaddr;
using probing::Instant;
using probing::Nanos;
using probing::parse_address;
using probing::to_sockaddr;
using probing::to_text;

}  // namespace weir::icmp_source
