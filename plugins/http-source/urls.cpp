// SPDX-License-Identifier: Apache-2.0
#include "urls.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include <weir/error.hpp>

namespace weir::http_source {
namespace {

// The length of "https://", or 0: no scheme that is probed.
std::size_t scheme_size(const std::string& url) {
  std::string begin = url.substr(0, 8);
  std::transform(begin.begin(), begin.end(), begin.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (begin == "https://") return 8;
  return begin.starts_with("http://") ? 7 : 0;
}

std::string label_of(const std::string& url) {
  const std::size_t scheme = scheme_size(url);
  if (scheme == 0) throw Error("a URL must begin with http:// or https://");
  const std::string_view rest = std::string_view(url).substr(scheme);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#\\"));
  if (authority.find('@') != std::string_view::npos) {
    throw Error(
        "a URL must not hold a user or password, for it is shown as a tag; set username and "
        "password");
  }
  const bool odd = std::any_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '\x7f' || c == '\\';
  });
  std::string label = url.substr(0, url.find_first_of("?#"));
  if (odd)
    throw Error(
        "a URL holds a blank, a backslash or a control character; write it in its "
        "percent-encoded form");
  if (authority.empty() || authority.front() == ':') throw Error("'" + label + "' names no server");
  return label;
}

}  // namespace

Targets read_urls(const std::vector<Url>& urls) {
  Targets read;
  std::set<std::string> seen;
  std::map<std::string, int> labels;
  for (const Url& url : urls) {
    std::string label = label_of(url.text);
    if (!seen.insert(url.text).second) {
      read.repeated.push_back(label);
      continue;
    }
    const int number = ++labels[label];
    if (number > 1) label += "#" + std::to_string(number);
    read.targets.push_back({url.text, std::move(label)});
  }
  return read;
}

}  // namespace weir::http_source
