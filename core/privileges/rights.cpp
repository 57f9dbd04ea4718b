// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/rights.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

#include "weir/error.hpp"

namespace weir::core {
namespace {

std::string_view value_of(std::string_view status, std::string_view key) {
  while (!status.empty()) {
    const std::size_t end = status.find('\n');
    const std::string_view line = status.substr(0, end);
    if (line.starts_with(key) && line.substr(key.size()).starts_with(':'))
      return line.substr(key.size() + 1);
    status = end == std::string_view::npos ? std::string_view{} : status.substr(end + 1);
  }
  throw Error("/proc/self/status has no line '" + std::string(key) + "'");
}

/// Takes the next number off the front of `text`.
template <class Number>
Number next_number(std::string_view& text, std::string_view key, int base) {
  const std::size_t first = text.find_first_not_of(" \t");
  text = first == std::string_view::npos ? std::string_view{} : text.substr(first);
  Number value{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{})
    throw Error("the line '" + std::string(key) + "' of /proc/self/status is malformed");
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

template <class Number>
Number number_of(std::string_view status, std::string_view key, int base = 10) {
  std::string_view text = value_of(status, key);
  return next_number<Number>(text, key, base);
}

template <class Id>
void read_ids(std::string_view status, std::string_view key, Id& real, Id& effective, Id& saved) {
  std::string_view text = value_of(status, key);
  real = next_number<Id>(text, key, 10);
  effective = next_number<Id>(text, key, 10);
  saved = next_number<Id>(text, key, 10);
}

}  // namespace

Rights parse_rights(std::string_view status) {
  Rights rights;
  read_ids(status, "Uid", rights.real_user, rights.effective_user, rights.saved_user);
  read_ids(status, "Gid", rights.real_group, rights.effective_group, rights.saved_group);
  rights.threads = number_of<std::size_t>(status, "Threads");
  rights.inheritable = number_of<std::uint64_t>(status, "CapInh", 16);
  rights.permitted = number_of<std::uint64_t>(status, "CapPrm", 16);
  rights.effective = number_of<std::uint64_t>(status, "CapEff", 16);
  rights.bounding = number_of<std::uint64_t>(status, "CapBnd", 16);
  rights.ambient = number_of<std::uint64_t>(status, "CapAmb", 16);
  rights.no_new_privileges = number_of<int>(status, "NoNewPrivs") != 0;
  return rights;
}

Rights current_rights() {
  std::ifstream file("/proc/thread-self/status");
  if (!file) throw Error("cannot read /proc/thread-self/status; is /proc mounted?");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return parse_rights(text);
}

}  // namespace weir::core
