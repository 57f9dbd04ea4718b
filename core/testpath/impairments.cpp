// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/impairments.hpp"

#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "weir/error.hpp"
#include "weir/units.hpp"

namespace weir::core::testpath {
namespace {

/// The value of one word, from which parts between slashes are taken.
class Value {
 public:
  Value(std::string_view word, std::string_view text) : word_(word), left_(text) {}

  [[nodiscard]] bool more() const { return !left_.empty(); }

  Nanos duration() { return duration_of(part('/')); }

  Nanos duration_before_plus() { return duration_of(part('+')); }

  double share() {
    std::string_view text = part('/');
    const bool percent = text.ends_with('%');
    if (percent) text.remove_suffix(1);
    const double value = number_of<double>(text) / (percent ? 100 : 1);
    if (!(value >= 0 && value <= 1)) wrong("a share lies between 0% and 100%");
    return value;
  }

  double bits_per_second() {
    std::string_view text = part('/');
    double scale = 1;
    for (const auto& [unit, factor] :
         {std::pair{"Gbit", 1e9}, {"Mbit", 1e6}, {"kbit", 1e3}, {"bit", 1.0}}) {
      if (!text.ends_with(unit)) continue;
      text.remove_suffix(std::string_view(unit).size());
      scale = factor;
      break;
    }
    const double value = number_of<double>(text) * scale;
    if (!(value >= 1 && value <= 1e12)) wrong("a rate lies between 1bit and 1000Gbit");
    return value;
  }

  std::size_t bytes() {
    const auto value = parse_bytes(part('/'));
    if (!value || value->count <= 0) wrong("write bytes, for example 64KiB");
    return static_cast<std::size_t>(value->count);
  }

  std::uint64_t number() { return number_of<std::uint64_t>(part('/')); }

  [[noreturn]] void wrong(const std::string& why) const {
    throw Error("'" + std::string(word_) + "': " + why);
  }

 private:
  std::string_view part(char end) {
    const std::size_t at = left_.find(end);
    const std::string_view taken = left_.substr(0, at);
    left_ = at == std::string_view::npos ? std::string_view{} : left_.substr(at + 1);
    return taken;
  }
  [[nodiscard]] Nanos duration_of(std::string_view text) const {
    const auto value = parse_duration(text);
    if (!value || value->count() < 0 || *value > std::chrono::minutes(10))
      wrong("write a time of at most 10m, for example 20ms");
    return *value;
  }
  template <class Number>
  [[nodiscard]] Number number_of(std::string_view text) const {
    Number value{};
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size()) wrong("that is no number");
    return value;
  }

  std::string_view word_;
  std::string_view left_;
};

GilbertElliott gilbert_of(Value& value) {
  GilbertElliott made;
  made.to_bad = value.share();
  made.to_good = value.share();
  if (value.more()) made.loss_good = value.share();
  if (value.more()) made.loss_bad = value.share();
  return made;
}

void take(Impairments& into, std::string_view key, Value& value) {
  if (key == "delay") {
    into.delay = value.duration();
  } else if (key == "jitter") {
    into.jitter = value.duration();
  } else if (key == "loss") {
    into.loss = value.share();
  } else if (key == "gilbert") {
    into.gilbert = gilbert_of(value);
  } else if (key == "outage") {
    const Nanos start = value.duration_before_plus();
    into.outages.push_back({start, value.duration()});
  } else if (key == "duplicate") {
    into.duplicate = value.share();
    if (value.more()) into.duplicate_after = value.duration();
  } else if (key == "hold") {
    into.hold = value.share();
    into.hold_for = value.duration();
  } else if (key == "rate") {
    into.rate = value.bits_per_second();
  } else if (key == "queue") {
    into.queue = value.bytes();
  } else if (key == "seed") {
    into.seed = value.number();
  } else {
    value.wrong(
        "not known; known are delay, jitter, loss, gilbert, outage, duplicate, hold, rate, queue, "
        "seed");
  }
  if (value.more()) value.wrong("more parts than it takes");
}

}  // namespace

Impairments parse_impairments(std::string_view text) {
  constexpr std::string_view separators = " ,\t\n";
  Impairments made;
  std::set<std::string_view> seen;
  while (true) {
    const std::size_t first = text.find_first_not_of(separators);
    if (first == std::string_view::npos) break;
    text.remove_prefix(first);
    const std::string_view word = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(word.size());
    const std::size_t equals = word.find('=');
    Value value(word, equals == std::string_view::npos ? "" : word.substr(equals + 1));
    const std::string_view key = word.substr(0, equals);
    if (!value.more()) value.wrong("write key=value");
    if (key != "outage" && !seen.insert(key).second) value.wrong("given twice");
    take(made, key, value);
  }
  return made;
}

}  // namespace weir::core::testpath
