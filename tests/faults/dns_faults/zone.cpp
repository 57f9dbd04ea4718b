// SPDX-License-Identifier: Apache-2.0
#include "zone.hpp"

#include <algorithm>

namespace weir::dns_faults {
namespace {

using namespace probing::testing;

constexpr auto of_dns_source = "asked.test.";
constexpr auto slowness = std::chrono::seconds(3);  // beyond the first try of c-ares

bool known(const std::string& name, bool over) {
  return name.starts_with("ping-") || name.starts_with("tcp-") || name == of_dns_source ||
         (over && name.starts_with("late-"));
}

}  // namespace

Zone::Zone() : server_([this](const DnsQuestion& question) { return answer(question); }) {}

void Zone::begin(Trouble trouble) {
  trouble_ = trouble;
  server_.refuse(trouble == Trouble::refused);
}

void Zone::change() {
  changed_ = true;
  begin(Trouble::none);
}

// The same for all names of a kind: the port of a TCP target must be listened to there.
std::string Zone::address(const std::string& name, bool changed) {
  const bool tcp = name.find("tcp-") != std::string::npos;
  return changed ? (tcp ? "127.0.0.3" : "127.0.0.13") : (tcp ? "127.0.0.2" : "127.0.0.12");
}

DnsServer::Answer Zone::answer(const DnsQuestion& question) {
  {
    const std::lock_guard lock(mutex_);
    asked_[question.name].push_back(Clock::now());
  }
  const Trouble trouble = trouble_;
  if (trouble == Trouble::silent) return {};
  if (trouble == Trouble::failing) return {DnsReply(question, dns_servfail).bytes()};
  DnsServer::Answer answer;
  if (trouble == Trouble::slow) answer.after = slowness;
  const bool is_known = known(question.name, changed_);
  DnsReply reply(question, is_known ? 0 : dns_nxdomain);
  if (is_known && question.type == dns_a) reply.add_address(address(question.name, changed_), 1);
  answer.bytes = reply.bytes();
  return answer;
}

Zone::Asked Zone::asked() const {
  const std::lock_guard lock(mutex_);
  Asked all;
  for (const auto& [name, times] : asked_) {
    if (name == of_dns_source) continue;
    ++all.names;
    all.questions += times.size();
    auto first = times.begin();
    for (auto last = times.begin(); last != times.end(); ++last) {
      while (*last - *first >= std::chrono::minutes(1)) ++first;
      all.most_a_minute = std::max(all.most_a_minute, static_cast<std::size_t>(last - first) + 1);
    }
  }
  return all;
}

std::size_t Zone::asked_by_dns_source() const {
  const std::lock_guard lock(mutex_);
  const auto at = asked_.find(of_dns_source);
  return at == asked_.end() ? 0 : at->second.size();
}

}  // namespace weir::dns_faults
