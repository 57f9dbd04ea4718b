// SPDX-License-Identifier: Apache-2.0
#include "query_client.hpp"

#include <utility>

#include "flux.hpp"
#include "message.hpp"

namespace weir::influx_source {
namespace {

using influx::Api;

/// A text of this size becomes a few times as much memory while it is read.
constexpr std::size_t most_answer = std::size_t{8} << 20U;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

[[noreturn]] void refuse(int status, Api api, const std::string& where) {
  switch (status) {
    case 401:
      throw Fatal(where + "; check token, or username and password");
    case 403:
      throw Fatal(where + "; the token or user may not read there");
    case 404:
      throw Fatal(where + (api == Api::v2 ? "; check url and org (InfluxDB 1.x: set api: v1)"
                                          : "; check that url is an InfluxDB"));
    case 408:
    case 429:
      throw RetryLater(where);
    default:
      throw Fatal(where + "; check that url is an InfluxDB");
  }
}

}  // namespace

void check(const influx::HttpAnswer& answer, Api api, std::string_view shown_url) {
  const std::string url(shown_url);
  if (answer.status == 0) throw RetryLater(url + " does not answer: " + answer.trouble);
  if (answer.status == 200) {
    if (answer.cut) throw TooLong(url + " answered more than " + to_text(Bytes{most_answer}));
    return;
  }
  const std::string said = influx::message_of(answer.body);
  const std::string where =
      url + " answered " + std::to_string(answer.status) + (said.empty() ? "" : ": " + said);
  if (answer.status == 404 && contains(said, "could not find bucket"))
    throw NotThere(said + ", or the token may not read it");
  if (answer.status >= 500 || answer.status == 429) throw RetryLater(where, answer.retry_after);
  if (answer.status >= 300 && answer.status < 400)
    throw Fatal(where + "; redirects are not followed: set url to where it leads");
  refuse(answer.status, api, where);
}

QueryClient::QueryClient(const Options& options, std::function<bool()> stopping) {
  const influx::Endpoint endpoint = influx::endpoint_of(options);
  api_ = endpoint.api;
  const bool v2 = api_ == Api::v2;
  if (v2 && options.bucket.empty()) throw Fatal("set bucket: which one is to be read");
  shown_url_ = endpoint.base + (v2 ? "/api/v2/query" : "/query");
  influx::HttpUse use{.url = shown_url_,
                      .content_type = v2 ? "application/json" : "application/x-www-form-urlencoded",
                      .agent = "weir-influx-source/1",
                      .most_answer = most_answer,
                      .accept_gzip = true,
                      .stopping = std::move(stopping)};
  if (v2) {
    influx::add_query(use.url, "org", options.org);
  } else {
    influx::add_query(use.url, "db", options.database);
    influx::add_query(use.url, "epoch", "ns");
  }
  client_ = influx::make_http_client(endpoint, std::move(use));
}

std::string QueryClient::ask(const std::string& query) {
  const std::string body =
      api_ == Api::v2 ? flux::request(query) : "q=" + influx::percent_encoded(query);
  influx::HttpAnswer answer = client_->post(body, false);
  check(answer, api_, shown_url_);
  return std::move(answer.body);
}

}  // namespace weir::influx_source
