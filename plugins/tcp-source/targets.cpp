// SPDX-License-Identifier: Apache-2.0
#include "targets.hpp"

#include <unordered_set>

#include <weir/error.hpp>

#include "target_list.hpp"

namespace weir::tcp_source {

Targets read_targets(const std::vector<std::string>& list, const std::string& file) {
  Targets read;
  std::unordered_set<std::string> seen;
  const auto add = [&](const probing::TargetText& text) {
    if (text.host.empty()) return;
    const std::string place = text.place.empty() ? "" : text.place + ": ";
    if (!text.settings.empty()) {
      throw Error(place + "target '" + text.host +
                  "' has settings behind it; a TCP target is host:port alone");
    }
    try {
      if (seen.insert(text.host).second) {
        read.targets.push_back({text.host, probing::parse_host_port(text.host)});
      } else {
        read.repeated.push_back(text.host);
      }
    } catch (const Error& wrong) {
      throw Error(place + "target " + wrong.what());
    }
  };
  for (const std::string& text : list) add(probing::parse_target(text));
  if (!file.empty()) probing::read_target_file(file, add);
  return read;
}

}  // namespace weir::tcp_source
