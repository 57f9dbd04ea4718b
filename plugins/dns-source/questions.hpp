// SPDX-License-Identifier: Apache-2.0
// What is asked whom: each name and record of each server.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "record.hpp"

namespace weir::dns_source {

struct Question {
  std::size_t server = 0;  ///< index in Plan::servers
  std::string name;
  Record record = Record::a;
};

struct Server {
  std::string label;    ///< as written: the tag `server`
  std::string address;  ///< "192.0.2.1:53", "[2001:db8::1]:53", as c-ares reads it
};

struct Plan {
  std::vector<Server> servers;
  std::vector<Question> questions;
};

/// Without servers those of /etc/resolv.conf are asked. What stands twice is asked once. Throws
/// Error saying which server or name is wrong.
[[nodiscard]] Plan plan_questions(const std::vector<std::string>& servers,
                                  const std::vector<std::string>& names,
                                  const std::vector<Record>& records);

}  // namespace weir::dns_source
