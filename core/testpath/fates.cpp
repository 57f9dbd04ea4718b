// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/fates.hpp"

#include <algorithm>

namespace weir::core::testpath {
namespace {

enum Purpose : std::uint64_t { for_loss, for_burst, for_state, for_jitter, for_copy, for_hold };

/// Steele, Lea and Flood 2014 (SplitMix64): one step, its output well mixed.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
  value = (value ^ value >> 27) * 0x94D049BB133111EBU;
  return value ^ value >> 31;
}

}  // namespace

double Fates::luck(std::uint64_t packet, std::uint64_t purpose) const {
  const std::uint64_t bits = mixed(mixed(mixed(impairments_.seed) + packet) + purpose);
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

bool Fates::lost_in_a_burst(std::uint64_t packet) {
  if (!impairments_.gilbert) return false;
  const GilbertElliott& model = *impairments_.gilbert;
  const bool lost = luck(packet, for_burst) < (bad_ ? model.loss_bad : model.loss_good);
  if (luck(packet, for_state) < (bad_ ? model.to_good : model.to_bad)) bad_ = !bad_;
  return lost;
}

Cause Fates::loss_of(Nanos now, std::uint64_t packet) {
  const Nanos since = now - *first_;
  // The state moves on with every packet, whatever else becomes of it.
  const bool burst = lost_in_a_burst(packet);
  for (const Outage& outage : impairments_.outages) {
    if (since >= outage.start && since < outage.start + outage.length) return Cause::outage;
  }
  if (luck(packet, for_loss) < impairments_.loss) return Cause::random;
  return burst ? Cause::burst : Cause::passed;
}

std::optional<Nanos> Fates::through_the_line(Nanos now, std::size_t bytes) {
  if (!impairments_.rate) return now;
  const double ns_per_byte = 8e9 / *impairments_.rate;
  const double waiting = static_cast<double>((std::max(line_free_, now) - now).count());
  if (waiting / ns_per_byte + static_cast<double>(bytes) > static_cast<double>(impairments_.queue))
    return std::nullopt;
  const Nanos takes{static_cast<std::int64_t>(ns_per_byte * static_cast<double>(bytes))};
  line_free_ = std::max(line_free_, now) + takes;
  return line_free_;
}

Fate Fates::next(Nanos now, std::size_t bytes) {
  if (!first_) first_ = now;
  const std::uint64_t packet = packets_++;
  Fate fate{.cause = loss_of(now, packet)};
  if (fate.cause != Cause::passed) return fate;
  const auto sent = through_the_line(now, bytes);
  if (!sent) return {.cause = Cause::queue};
  const double swing = 2 * luck(packet, for_jitter) - 1;
  const Nanos jitter{
      static_cast<std::int64_t>(swing * static_cast<double>(impairments_.jitter.count()))};
  fate.departs = *sent + std::max(impairments_.delay + jitter, Nanos{});
  if (luck(packet, for_hold) < impairments_.hold) fate.departs += impairments_.hold_for;
  if (luck(packet, for_copy) < impairments_.duplicate)
    fate.departs_again = fate.departs + impairments_.duplicate_after;
  return fate;
}

}  // namespace weir::core::testpath
