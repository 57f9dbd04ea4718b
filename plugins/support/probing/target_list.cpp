// SPDX-License-Identifier: Apache-2.0
#include "target_list.hpp"

#include <weir/error.hpp>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace weir::probing {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t largest_file = std::size_t{64} << 20;

std::string_view take_word(std::string_view& text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return text = {};
  text.remove_prefix(first);
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

TargetText parse_target(std::string_view text) {
  TargetText target;
  target.host = take_word(text);
  for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
    const auto equals = word.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == word.size()) {
      throw Error("target '" + target.host + "': '" + std::string(word) +
                  "' is no setting; write key=value, for example interval=10s");
    }
    target.settings.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return target;
}

void read_target_file(const std::string& path, const std::function<void(TargetText&&)>& each) {
  std::ifstream file(path);
  if (!file) {
    throw Error("targets_file '" + path + "' cannot be read: " +
                std::generic_category().message(errno) + "; check the path and its rights");
  }
  std::size_t number = 0;
  std::size_t read = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    read += line.size() + 1;
    if (read > largest_file) throw Error("targets_file '" + path + "' is larger than 64 MiB");
    TargetText target;
    try {
      target = parse_target(std::string_view(line).substr(0, line.find('#')));
    } catch (const Error& wrong) {
      throw Error(path + ":" + std::to_string(number) + ": " + wrong.what());
    }
    if (target.host.empty()) continue;
    target.place = path + ":" + std::to_string(number);
    each(std::move(target));
  }
}

}  // namespace weir::probing
