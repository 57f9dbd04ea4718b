// SPDX-License-Identifier: Apache-2.0
#include "netdev_source.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <weir/pattern.hpp>

#include "channel_linux.hpp"
#include "ethtool.hpp"
#include "proc_reader.hpp"

namespace weir::netdev_source {
namespace {

Timestamp floor_to(Timestamp time, Duration step) {
  const Duration rest = time.time_since_epoch() % step;
  return rest < Duration{} ? time - rest - step : time - rest;
}

// A host of containers has hundreds; a line names some.
std::string names_of(std::span<const Present> interfaces) {
  constexpr std::size_t most = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(interfaces.size(), most); ++i)
    text += (text.empty() ? "" : ", ") + interfaces[i].name;
  if (interfaces.size() > most)
    text += ", and " + std::to_string(interfaces.size() - most) + " more";
  return text.empty() ? "none" : text;
}

void check_lines(const char* option, const std::map<std::string, double>& lines) {
  for (const auto& [name, mbps] : lines) {
    if (!(mbps > 0)) throw Fatal(std::string(option) + " of '" + name + "' must be above 0 Mbit/s");
  }
}

}  // namespace

NetdevSource::NetdevSource() : NetdevSource({open_channel, Machine("/", ethtool_link)}) {}

void NetdevSource::open(Context& context) {
  selection_ = select(options.interfaces, options.exclude);
  if (selection_.empty()) {
    throw Fatal("interfaces is empty; name at least one, for example [default]");
  }
  check_lines("line_rx_mbps", options.line_rx_mbps);
  check_lines("line_tx_mbps", options.line_tx_mbps);
  sampler_.emplace(selection_);
  follows_default_ = selection_.default_route || options.line_rx_mbps.contains("default") ||
                     options.line_tx_mbps.contains("default");
  reader_ = std::make_unique<NetlinkReader>(world_, follows_default_);
  Reading reading;
  try {
    try {
      reading = read(context);
    } catch (const std::exception& error) {
      fall_back(context, error.what());
      reading = read(context);
    }
  } catch (const std::exception& error) {
    throw Fatal(std::string(error.what()) + "; is /proc mounted?");
  }
  default_interface_ = reading.default_interface;
  take_note(context, reading);
  tell_missing(context, reading);
}

void NetdevSource::fall_back(Context& context, const std::string& why) {
  falls_back_ = true;
  reader_ = std::make_unique<ProcReader>(world_.machine, follows_default_);
  context.log(Level::warning, why + "; the counters are read from /proc/net/dev, which costs more");
}

void NetdevSource::tell_missing(Context& context, const Reading& reading) const {
  const auto is_there = [&](const std::string& pattern) {
    return std::any_of(reading.present.begin(), reading.present.end(),
                       [&](const Present& present) { return matches(pattern, present.name); });
  };
  const std::string there = " (there are: " + names_of(reading.present) + ")";
  std::size_t missing = 0;
  for (const auto* list : {&selection_.names, &selection_.patterns}) {
    for (const std::string& pattern : *list) {
      if (is_there(pattern)) continue;
      ++missing;
      context.log(Level::warning, "there is no interface '" + pattern + "'" + there +
                                      "; its rows start when it appears");
    }
  }
  if (selection_.default_route && !default_interface_) {
    ++missing;
    context.log(Level::warning,
                "there is no default route, so 'default' names no interface; its rows start when "
                "there is one: name an interface" +
                    there);
  }
  if (missing > 0) context.count("missing_interfaces", missing);
}

std::variant<Batch, Wait, End> NetdevSource::produce(Context& context) {
  const Timestamp now = context.now();
  const Duration monotonic = context.monotonic();
  const Duration step = options.interval;
  if (!due_) {
    // The first reading is taken at once; the first row follows half a step later or more, so that
    // its rates stand on a fair part of the interval.
    static_cast<void>(sample(context, now));
    due_ = floor_to(now + step / 2, step) + step;
  } else if (now >= *due_ || *due_ - now > 2 * step) {  // the latter: the clock was set back
    // By the monotonic clock: one that was set a month forward has missed nothing.
    if (const Duration late = monotonic - expected_; late >= step)
      context.count("missed_samples", static_cast<std::uint64_t>(late / step));
    const Timestamp boundary = floor_to(now, step);
    due_ = boundary + step;
    expected_ = monotonic + (*due_ - now);
    Batch batch = sample(context, boundary - step);
    if (!batch.empty()) return batch;
  }
  expected_ = monotonic + (*due_ - now);
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
  take_note(context, reading);
  const auto samples = sampler_->take(reading.measured,
                                      [&](const Present& interface) { return link_of(interface); });
  tell_changes(context);
  return rows_.of(label, samples);
}

Reading NetdevSource::read(Context& context) {
  const Clock clock = [&context] { return context.monotonic(); };
  try {
    return reader_->read(clock);
  } catch (const Unsupported& error) {
    if (falls_back_) throw;
    fall_back(context, error.what());
    return reader_->read(clock);
  }
}

void NetdevSource::take_note(Context& context, const Reading& reading) {
  for (const auto& [counter, amount] : reading.counts) context.count(counter, amount);
  if (reading.default_interface != default_interface_) {
    context.log(reading.default_interface ? Level::info : Level::warning,
                reading.default_interface
                    ? "the default route now goes through '" + *reading.default_interface + "'"
                    : "the default route through '" + *default_interface_ + "' is gone");
    default_interface_ = reading.default_interface;
  }
  if (reading.changed) sampler_->follow(reading.present, default_interface_);
}

Link NetdevSource::link_of(const Present& interface) const {
  Link link = reader_->link(interface);
  link.line_rx_mbps = line(options.line_rx_mbps, interface.name);
  link.line_tx_mbps = line(options.line_tx_mbps, interface.name);
  return link;
}

std::optional<double> NetdevSource::line(const std::map<std::string, double>& lines,
                                         const std::string& interface) const {
  if (const auto exact = lines.find(interface); exact != lines.end()) return exact->second;
  for (const auto& [pattern, mbps] : lines) {
    const bool by_route = pattern == "default" && default_interface_ == interface;
    if (by_route || matches(pattern, interface)) return mbps;
  }
  return std::nullopt;
}

void NetdevSource::tell_changes(Context& context) const {
  const Changes& changes = sampler_->changes();
  // What was listed by name is missed; what a pattern took comes and goes (containers).
  const auto level = [&](const std::string& interface) {
    const bool listed = std::find(selection_.names.begin(), selection_.names.end(), interface) !=
                            selection_.names.end() ||
                        (selection_.default_route && default_interface_ == interface);
    return listed ? Level::warning : Level::info;
  };
  for (const std::string& interface : changes.vanished) {
    context.log(level(interface),
                "interface '" + interface + "' is gone; its rows go on when it is back");
  }
  for (const auto& [from, to] : changes.renamed)
    context.log(level(from), "interface '" + from + "' is now called '" + to + "'");
  for (const std::string& interface : changes.appeared) {
    if (due_) context.log(Level::info, "interface '" + interface + "' is there");
  }
  for (const std::string& interface : changes.reset) {
    context.log(Level::info, "the counters of '" + interface + "' were reset; one row of nulls");
  }
  if (!changes.vanished.empty()) context.count("vanished_interfaces", changes.vanished.size());
  if (!changes.renamed.empty()) context.count("renamed_interfaces", changes.renamed.size());
  if (!changes.reset.empty()) context.count("counter_resets", changes.reset.size());
  if (changes.wraps > 0) context.count("counter_wraps", changes.wraps);
}

}  // namespace weir::netdev_source
