// SPDX-License-Identifier: Apache-2.0
#include "answer.hpp"

#include <charconv>

#include "message.hpp"

namespace weir::influx_sink {

using influx::full_message;
using influx::message_of;

namespace {

std::size_t dropped_of(std::string_view message) {
  const std::size_t at = message.rfind("dropped=");
  std::size_t count = 0;
  if (at != std::string_view::npos)
    std::from_chars(message.data() + at + 8, message.data() + message.size(), count);
  return count;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Verdict fatal(std::string message) { return {Verdict::Action::fatal, std::move(message), 0, {}}; }

Verdict judge_refusal(const HttpAnswer& answer, Api api, const std::string& where,
                      const std::string& said) {
  const std::string full = full_message(answer.body);
  switch (answer.status) {
    case 400:
      if (contains(full, "partial write")) {
        return {Verdict::Action::partial, full, dropped_of(full), {}};
      }
      if (api == Api::v1 && contains(full, "unable to parse"))
        return {Verdict::Action::partial, full, 0, {}};
      if (contains(full, "database is required")) return fatal(where + "; set database");
      return {Verdict::Action::refused, said, 0, {}};
    case 422:
      return {Verdict::Action::partial, full, dropped_of(full), {}};
    case 401:
      return fatal(where + "; check token, or username and password");
    case 403:
      return fatal(where + "; the token or user may not write there");
    case 404:
      return fatal(where + (api == Api::v2
                                ? "; check url, org and bucket (InfluxDB 1.x: set api: v1)"
                                : "; check url, and that the database exists"));
    case 413:
      return {Verdict::Action::smaller, where + "; set max_body lower", 0, {}};
    case 408:
    case 429:
      return {Verdict::Action::later, where, 0, answer.retry_after};
    case 415:
      return fatal(where + "; set gzip: false");
    default:
      return fatal(where + "; check that url is a server that takes line protocol");
  }
}

}  // namespace

Verdict judge(const HttpAnswer& answer, Api api, std::string_view shown_url) {
  const std::string url(shown_url);
  if (answer.status == 0)
    return {Verdict::Action::later, url + " does not answer: " + answer.trouble, 0, {}};
  if (answer.status == 204) return {};
  const std::string said = message_of(answer.body);
  const std::string where =
      url + " answered " + std::to_string(answer.status) + (said.empty() ? "" : ": " + said);
  if (answer.status >= 500) return {Verdict::Action::later, where, 0, answer.retry_after};
  if (answer.status >= 400) return judge_refusal(answer, api, where, said);
  if (answer.status >= 300)
    return fatal(where + "; redirects are not followed: set url to where it leads");
  // A web page answers 200 to anything; that stores nothing.
  if (answer.status < 300 && answer.status >= 200 && answer.body.empty()) return {};
  return fatal(where + "; this is no answer of a server that takes line protocol; check url");
}

}  // namespace weir::influx_sink
