// SPDX-License-Identifier: Apache-2.0
// What of the open steps is kept over a restart.
#include <utility>

#include "steps.hpp"

namespace weir::qos_scorer {

using model_parts::BytesReader;
using model_parts::BytesWriter;

class Steps::Bytes {
 public:
  static void put(BytesWriter& writer, const Mean& mean) {
    writer.put(mean.sum());
    writer.put(mean.weight());
  }
  static Mean take_mean(BytesReader& reader) {
    const auto sum = reader.take<double>();
    return Mean::of(sum, reader.take<double>());
  }

  template <class T>
  static void put(BytesWriter& writer, const std::optional<T>& value) {
    writer.put(static_cast<std::uint8_t>(value.has_value()));
    writer.put(value.value_or(T{}));
  }
  template <class T>
  static std::optional<T> take(BytesReader& reader) {
    const bool there = reader.take<std::uint8_t>() != 0;
    const T value = reader.take<T>();
    return there ? std::optional(value) : std::nullopt;
  }

  static void put(BytesWriter& writer, const Target& target) {
    put(writer, target.seen.newest);
    for (const double count : {target.sent, target.failed, target.received, target.dropped})
      writer.put(count);
    for (const Mean* mean :
         {&target.loss, &target.rtt, &target.jitter, &target.egress, &target.path})
      put(writer, *mean);
    put(writer, target.stall);
  }
  static Target take_target(BytesReader& reader) {
    Target target;
    target.seen = take_seen(reader);
    for (double* count : {&target.sent, &target.failed, &target.received, &target.dropped})
      *count = reader.take<double>();
    for (Mean* mean : {&target.loss, &target.rtt, &target.jitter, &target.egress, &target.path})
      *mean = take_mean(reader);
    target.stall = take<double>(reader);
    return target;
  }
  static Seen take_seen(BytesReader& reader) {
    Seen seen;
    seen.newest = seen.loaded_until = take<std::int64_t>(reader);
    return seen;
  }
};

void Steps::save(BytesWriter& writer) const {
  writer.put(length_);
  writer.put_size(uplinks_.size());
  for (const std::string& uplink : uplinks_) writer.put_text(uplink);
  Bytes::put(writer, left_until_);
  writer.put_size(open_.size());
  for (const auto& [time, step] : open_) {
    writer.put(time);
    writer.put_size(step.targets.size());
    for (const auto& [name, target] : step.targets) {
      writer.put_text(name);
      Bytes::put(writer, target);
    }
    writer.put_size(step.interfaces.size());
    for (const auto& [name, interface] : step.interfaces) {
      writer.put_text(name);
      Bytes::put(writer, interface.seen.newest);
      Bytes::put(writer, interface.used);
    }
  }
}

void Steps::load(BytesReader& reader) {
  constexpr std::size_t most = 1'000'000;
  if (reader.take<std::int64_t>() != length_) reader.refuse("are of another step");
  if (reader.take_size(most) != uplinks_.size()) reader.refuse("are of other uplinks");
  for (const std::string& uplink : uplinks_) {
    if (reader.take_text() != uplink) reader.refuse("are of other uplinks");
  }
  const auto left_until = Bytes::take<std::int64_t>(reader);
  std::map<std::int64_t, Open> open;
  for (std::size_t steps = reader.take_size(most); steps > 0; --steps) {
    Open& step = open[reader.take<std::int64_t>()];
    for (std::size_t left = reader.take_size(most); left > 0; --left) {
      std::string name(reader.take_text());
      step.targets[std::move(name)] = Bytes::take_target(reader);
    }
    for (std::size_t left = reader.take_size(most); left > 0; --left) {
      Interface& interface = step.interfaces[std::string(reader.take_text())];
      interface.seen = Bytes::take_seen(reader);
      interface.used = Bytes::take_mean(reader);
    }
  }
  open_ = std::move(open);
  left_until_ = left_until;
}

}  // namespace weir::qos_scorer
