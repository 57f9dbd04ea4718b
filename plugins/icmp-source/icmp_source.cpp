// SPDX-License-Identifier: Apache-2.0
#include "icmp_source.hpp"

#include <algorithm>
#include <random>
#include <system_error>
#include <unordered_set>

namespace weir::icmp_source {
namespace {

// Long enough for a resolver that answers; one that does not must not hold up the start.
constexpr auto first_lookup_limit = std::chrono::seconds(2);

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::uint64_t random_64(std::random_device& random) {
  return std::uint64_t{random()} << 32 | random();
}

bool fits(FamilyChoice choice, Family family) {
  return choice == FamilyChoice::any || (choice == FamilyChoice::ipv4) == (family == Family::ipv4);
}

}  // namespace

void IcmpSource::open(Context& context) {
  context_ = &context;
  std::unordered_set<std::string> seen;
  for (const std::string& given : options.targets) {
    const std::string target = trimmed(given);
    if (target.empty()) continue;
    if (seen.insert(target).second) {
      targets_.push_back(target);
    } else {
      context.log(Level::warning, "target '" + target + "' is listed twice; it is pinged once");
    }
  }
  if (targets_.empty())
    throw Fatal("targets is empty; name at least one host, for example [127.0.0.1]");
  if (!open_sockets()) return;
  start_prober();
  resolve_targets();
}

bool IcmpSource::open_sockets() {
  sockets_ =
      world_.open_sockets(options.family, options.size, [this] { return context_->monotonic(); });
  if (sockets_.sockets.empty()) {
    const std::string message =
        "no right to ping (" + sockets_.problem + "): " + remedy(world_.program);
    if (options.required) throw Fatal(message);
    context_->log(Level::error, message + "; the rest of the pipeline runs without this node");
    return false;
  }
  if (!sockets_.problem.empty()) {
    context_->log(Level::info, "one family cannot be pinged (" + sockets_.problem + ")");
  }
  return true;
}

void IcmpSource::start_prober() {
  std::random_device random;
  const ProberConfig config{.targets = targets_.size(),
                            .interval = options.interval,
                            .timeout = options.timeout,
                            .tick = options.tick,
                            .count = options.count,
                            .payload = options.size,
                            .seed = random_64(random),
                            .key = {random_64(random), random_64(random)},
                            .first_number = static_cast<std::uint32_t>(random())};
  std::vector<Socket*> sockets;
  for (const auto& socket : sockets_.sockets) sockets.push_back(socket.get());
  prober_ = std::make_unique<Prober>(config, std::move(sockets));
  prober_->on_send_failed = [this](std::size_t target, int error) {
    report_send_failure(target, error);
  };
  addresses_.resize(targets_.size());
  send_errors_.resize(targets_.size());
  rows_.emplace(targets_);
}

void IcmpSource::resolve_targets() {
  std::vector<std::string> names;
  for (std::size_t target = 0; target < targets_.size(); ++target) {
    const auto address = parse_address(targets_[target]);
    if (!address) {
      names.push_back(targets_[target]);
      resolved_targets_.push_back(target);
    } else if (fits(options.family, address->family)) {
      give_address(target, address);
    } else {
      context_->log(Level::warning,
                    "target '" + targets_[target] +
                        "' is not of the family asked for; its rows say 100 % loss: "
                        "change 'family' or take the target out");
    }
  }
  const ResolverConfig config{.family = options.family, .refresh = options.refresh};
  resolver_ = std::make_unique<Resolver>(std::move(names), config, world_.look_up);
  resolver_->wait_for_first(first_lookup_limit);
}

void IcmpSource::apply(const Resolution& news) {
  const std::size_t target = resolved_targets_[news.index];
  const auto& found = news.lookup.addresses;
  auto& known = addresses_[target];
  if (found.empty()) {
    // An address that worked is better than none while the resolver is away.
    context_->log(Level::warning,
                  "target '" + targets_[target] + "' does not resolve (" + news.lookup.error +
                      "); " +
                      (known ? "going on with " + to_text(*known) : "its rows say 100 % loss") +
                      " until it does");
    return;
  }
  if (known && std::find(found.begin(), found.end(), *known) != found.end()) return;
  const auto reachable = std::find_if(found.begin(), found.end(), [this](const Address& address) {
    return std::any_of(sockets_.sockets.begin(), sockets_.sockets.end(),
                       [&](const auto& socket) { return socket->family() == address.family; });
  });
  give_address(target, reachable == found.end() ? found.front() : *reachable);
  context_->log(Level::info, "target '" + targets_[target] + "' is " + to_text(*known));
}

void IcmpSource::give_address(std::size_t target, const std::optional<Address>& address) {
  addresses_[target] = address;
  prober_->set_address(target, address);
  const auto has_socket = [&](const auto& socket) { return socket->family() == address->family; };
  if (!std::any_of(sockets_.sockets.begin(), sockets_.sockets.end(), has_socket)) {
    context_->log(Level::warning, "target '" + targets_[target] + "' (" + to_text(*address) +
                                      ") has a family without a socket (" + sockets_.problem +
                                      "); its rows say 100 % loss");
  }
}

void IcmpSource::report_send_failure(std::size_t target, int error) {
  if (std::exchange(send_errors_[target], error) == error) return;
  context_->log(Level::warning, "cannot send to '" + targets_[target] +
                                    "': " + std::generic_category().message(error) +
                                    "; such probes count as lost (told once)");
}

std::variant<Batch, Wait, End> IcmpSource::produce(Context& context) {
  if (!prober_) return End{};
  for (const Resolution& news : resolver_->take()) apply(news);
  prober_->step({.monotonic = context.monotonic(), .utc = context.now().time_since_epoch()});
  if (const auto report = prober_->take_report()) {
    publish_counters();
    return rows_->of(*report);
  }
  const Duration pause = std::max(prober_->next_wake() - context.monotonic(), Duration{});
  return Wait{context.now() + pause, sockets_.watch.get()};
}

void IcmpSource::finish(Reason, Output& output) {
  if (!prober_) return;
  prober_->finish();
  while (const auto report = prober_->take_report()) output.emit(rows_->of(*report));
  publish_counters();
}

void IcmpSource::publish_counters() {
  const Counters& now = prober_->counters();
  const auto publish = [this](const char* counter, std::uint64_t total, std::uint64_t before) {
    if (total > before) context_->count(counter, total - before);
  };
  publish("lost_probes", now.lost, published_.lost);
  publish("late_replies", now.late, published_.late);
  publish("duplicate_replies", now.duplicates, published_.duplicates);
  publish("icmp_errors", now.icmp_errors, published_.icmp_errors);
  publish("send_failures", now.send_failed, published_.send_failed);
  publish("skipped_probes", now.skipped, published_.skipped);
  publish("clock_steps", now.clock_steps, published_.clock_steps);
  for (std::size_t reason = 0; reason < reject_count; ++reason) {
    // Other people's pings pass through a raw socket all the time; they say nothing about ours.
    const auto kind = static_cast<Reject>(reason);
    if (kind == Reject::not_a_reply || kind == Reject::other_identifier) continue;
    publish("rejected_datagrams", now.rejected[reason], published_.rejected[reason]);
  }
  published_ = now;
}

}  // namespace weir::icmp_source
