// SPDX-License-Identifier: Apache-2.0
#include "netdev_source.hpp"

#include <exception>

namespace weir::netdev_source {
namespace {

// The route and the speed change seldom, and asking a driver for its speed takes a lock of the
// kernel.
constexpr Duration route_lifetime = std::chrono::seconds(1);
constexpr Duration link_lifetime = std::chrono::seconds(10);

Timestamp floor_to(Timestamp time, Duration step) {
  const Duration rest = time.time_since_epoch() % step;
  return rest < Duration{} ? time - rest - step : time - rest;
}

std::string joined(const std::vector<Interface>& interfaces) {
  std::string text;
  for (const Interface& interface : interfaces) text += (text.empty() ? "" : ", ") + interface.name;
  return text.empty() ? "none" : text;
}

}  // namespace

Rows::Rows()
    : interface_(builder_.tag("interface")),
      rx_(builder_.field<double>("rx_mbps", "Mbit/s")),
      tx_(builder_.field<double>("tx_mbps", "Mbit/s")),
      both_(builder_.field<double>("bandwidth_mbps", "Mbit/s")),
      utilization_(builder_.field<double>("utilization_percent", "percent")),
      rx_packets_(builder_.field<double>("rx_packets_per_s", "1/s")),
      tx_packets_(builder_.field<double>("tx_packets_per_s", "1/s")),
      rx_errors_(builder_.field<double>("rx_errors_per_s", "1/s")),
      tx_errors_(builder_.field<double>("tx_errors_per_s", "1/s")),
      rx_drops_(builder_.field<double>("rx_drops_per_s", "1/s")),
      tx_drops_(builder_.field<double>("tx_drops_per_s", "1/s")) {}

Batch Rows::of(Timestamp label, const std::vector<Sample>& samples) {
  for (const auto& [interface, rates, utilization] : samples) {
    auto row = builder_.row(label.time_since_epoch().count());
    row.set(interface_, interface);
    if (!rates) continue;
    row.set(rx_, rates->rx_mbps)
        .set(tx_, rates->tx_mbps)
        .set(both_, rates->bandwidth_mbps())
        .set(utilization_, utilization)
        .set(rx_packets_, rates->rx_packets_per_s)
        .set(tx_packets_, rates->tx_packets_per_s)
        .set(rx_errors_, rates->rx_errors_per_s)
        .set(tx_errors_, rates->tx_errors_per_s)
        .set(rx_drops_, rates->rx_drops_per_s)
        .set(tx_drops_, rates->tx_drops_per_s);
  }
  return builder_.build();
}

void NetdevSource::open(Context& context) {
  selection_ = select(options.interfaces);
  if (selection_.names.empty() && !selection_.default_route && !selection_.all) {
    throw Fatal("interfaces is empty; name at least one, for example [default]");
  }
  sampler_.emplace(selection_);
  InterfaceTable table;
  try {
    table = machine_.interfaces();
  } catch (const std::exception& error) {
    throw Fatal(std::string(error.what()) + "; is /proc mounted?");
  }
  for (const std::string& interface : selection_.names) {
    if (table.find(interface) != nullptr) continue;
    context.log(Level::warning, "there is no interface '" + interface + "' (there are: " +
                                    joined(table.interfaces) + "); its rows start when it appears");
  }
  if (selection_.default_route && !machine_.default_interface()) {
    context.log(
        Level::warning,
        "there is no default route, so 'default' names no interface; its rows start when there is "
        "one: name an interface (there are: " +
            joined(table.interfaces) + ")");
  }
}

std::variant<Batch, Wait, End> NetdevSource::produce(Context& context) {
  const Timestamp now = context.now();
  const Duration step = options.interval;
  if (!due_) {
    // The first reading is taken at once; the first row follows half a step later or more, so that
    // its rates stand on a fair part of the interval.
    static_cast<void>(sample(context, now));
    due_ = floor_to(now + step / 2, step) + step;
  } else if (now >= *due_ || *due_ - now > 2 * step) {  // the latter: the clock was set back
    if (now >= *due_ + step)
      context.count("missed_samples", static_cast<std::uint64_t>((now - *due_) / step));
    const Timestamp boundary = floor_to(now, step);
    due_ = boundary + step;
    Batch batch = sample(context, boundary - step);
    if (!batch.empty()) return batch;
  }
  return Wait{*due_};
}

Batch NetdevSource::sample(Context& context, Timestamp label) {
  Reading reading;
  try {
    reading = read(context);
    unreadable_told_ = false;
  } catch (const std::exception& error) {
    if (!std::exchange(unreadable_told_, true)) {
      context.log(Level::error,
                  std::string(error.what()) + "; rows go on when it can be read again");
    }
    context.count("unreadable");
    return {};
  }
  const auto samples = sampler_->take(
      reading, [&](const std::string& interface) { return link_of(interface, reading.at); });
  tell_changes(context);
  return rows_.of(label, samples);
}

Reading NetdevSource::read(Context& context) {
  Reading reading;
  reading.table = machine_.interfaces();
  reading.at = context.monotonic();
  if (reading.table.malformed_lines > 0)
    context.count("malformed_lines", reading.table.malformed_lines);
  if (selection_.default_route &&
      (!default_read_at_ || reading.at - *default_read_at_ >= route_lifetime)) {
    auto found = machine_.default_interface();
    if (default_read_at_ && found != default_interface_) {
      context.log(found ? Level::info : Level::warning,
                  found ? "the default route now goes through '" + *found + "'"
                        : "the default route through '" + *default_interface_ + "' is gone");
    }
    default_interface_ = std::move(found);
    default_read_at_ = reading.at;
  }
  reading.default_interface = default_interface_;
  return reading;
}

Link NetdevSource::link_of(const std::string& interface, Duration now) {
  auto [at, is_new] = links_.try_emplace(interface);
  if (is_new || now - at->second.read_at >= link_lifetime) {
    at->second = {machine_.link(interface), now};
  }
  return at->second.link;
}

void NetdevSource::tell_changes(Context& context) {
  const Changes& changes = sampler_->changes();
  for (const std::string& interface : changes.vanished) {
    links_.erase(interface);
    context.log(Level::warning,
                "interface '" + interface + "' is gone; its rows go on when it is back");
  }
  for (const std::string& interface : changes.appeared) {
    if (due_) context.log(Level::info, "interface '" + interface + "' is there");
  }
  for (const std::string& interface : changes.reset) {
    context.log(Level::info, "the counters of '" + interface + "' were reset; one row of nulls");
  }
  if (!changes.vanished.empty()) context.count("vanished_interfaces", changes.vanished.size());
  if (!changes.reset.empty()) context.count("counter_resets", changes.reset.size());
  if (changes.wraps > 0) context.count("counter_wraps", changes.wraps);
}

}  // namespace weir::netdev_source
