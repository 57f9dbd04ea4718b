// SPDX-License-Identifier: Apache-2.0
#include "core/testpath/truth.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "weir/error.hpp"

namespace weir::core::testpath {
namespace {

constexpr std::array<std::string_view, 5> causes{"passed", "random", "burst", "outage", "queue"};
constexpr std::array<std::string_view, 3> kinds{"request", "reply", "other"};
constexpr std::string_view unfinished = "unfinished";

/// The words of one line.
class Words {
 public:
  explicit Words(std::string_view line) : left_(line) {}

  std::string_view next() {
    const std::size_t first = left_.find_first_not_of(' ');
    if (first == std::string_view::npos) throw Error("a word is missing");
    left_.remove_prefix(first);
    const std::string_view word = left_.substr(0, left_.find(' '));
    left_.remove_prefix(word.size());
    return word;
  }
  template <class Number>
  Number number() {
    const std::string_view word = next();
    Number value{};
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || stop != word.data() + word.size())
      throw Error("'" + std::string(word) + "' is no number here");
    return value;
  }
  [[nodiscard]] bool done() const { return left_.find_first_not_of(' ') == std::string_view::npos; }

 private:
  std::string_view left_;
};

/// Its place among `names`.
template <class Enum, std::size_t count>
Enum named(std::string_view word, const std::array<std::string_view, count>& names) {
  const auto* found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) throw Error("'" + std::string(word) + "' is not known here");
  return static_cast<Enum>(found - names.begin());
}

Record parse_line(std::string_view line) {
  Words words(line);
  Record record;
  record.order = words.number<std::uint64_t>();
  record.arrived = Nanos{words.number<std::int64_t>()};
  record.packet.kind = named<Kind>(words.next(), kinds);
  const std::string destination(words.next());
  const auto address = parse_address(destination);
  if (!address) throw Error("'" + destination + "' is no address");
  record.packet.destination = *address;
  record.packet.identifier = words.number<std::uint16_t>();
  record.packet.sequence = words.number<std::uint16_t>();
  record.packet.number = words.number<std::uint32_t>();
  record.bytes = words.number<std::size_t>();
  const std::string_view cause = words.next();
  record.finished = cause != unfinished;
  if (record.finished) record.cause = named<Cause>(cause, causes);
  while (!words.done()) record.departed.emplace_back(words.number<std::int64_t>());
  if (record.departed.size() > 2 || (record.finished && record.departed.empty() != record.lost()))
    throw Error("its departures do not fit its cause");
  return record;
}

}  // namespace

std::string to_line(const Record& record) {
  const PacketInfo& packet = record.packet;
  std::string line = std::to_string(record.order) + ' ' + std::to_string(record.arrived.count()) +
                     ' ' + std::string(kinds[static_cast<std::size_t>(packet.kind)]) + ' ' +
                     to_text(packet.destination);
  for (const std::uint64_t number :
       {std::uint64_t{packet.identifier}, std::uint64_t{packet.sequence},
        std::uint64_t{packet.number}, std::uint64_t{record.bytes}})
    line += ' ' + std::to_string(number);
  line += ' ';
  line += record.finished ? causes[static_cast<std::size_t>(record.cause)] : unfinished;
  for (const Nanos departed : record.departed) line += ' ' + std::to_string(departed.count());
  return line + '\n';
}

std::vector<Record> parse_truth(std::string_view log) {
  std::vector<Record> records;
  for (std::size_t number = 1; !log.empty(); ++number) {
    const std::size_t end = log.find('\n');
    const std::string_view line = log.substr(0, end);
    log = end == std::string_view::npos ? std::string_view{} : log.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    try {
      records.push_back(parse_line(line));
    } catch (const Error& problem) {
      throw Error("truth log, line " + std::to_string(number) + ": " + problem.what());
    }
  }
  std::sort(records.begin(), records.end(),
            [](const Record& left, const Record& right) { return left.order < right.order; });
  return records;
}

}  // namespace weir::core::testpath
