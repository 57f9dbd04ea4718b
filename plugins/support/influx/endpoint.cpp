// SPDX-License-Identifier: Apache-2.0
#include "endpoint.hpp"

#include <weir/error.hpp>

namespace weir::influx {
namespace {

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

void check_url(const std::string& url, std::string_view rest) {
  if (rest.find('@') != std::string_view::npos) {
    throw Fatal(
        "url must not hold a user or password, for it is shown in messages; set username and "
        "password, or token");
  }
  if (url.find_first_of("?# \t\r\n") != std::string::npos) {
    throw Fatal(
        "url must be the server alone, such as http://localhost:8086; set org, bucket or database "
        "beside it");
  }
  if (rest.empty() || rest.front() == '/' || rest.front() == ':')
    throw Fatal("url '" + url + "' names no server");
}

void check_header(const std::string& text, const char* option) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20)
      throw Fatal(std::string(option) + " holds a line end or control character");
  }
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
  return out;
}

void add_query(std::string& url, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += std::string(name) + "=" + percent_encoded(value);
}

Endpoint endpoint_of(const ServerOptions& options) {
  std::string url = options.url.text;
  const bool plain = url.starts_with("http://");
  if (!plain && !url.starts_with("https://"))
    throw Fatal("url must begin with http:// or https://");
  const std::string_view rest = std::string_view(url).substr(plain ? 7 : 8);
  check_url(url, rest);
  Endpoint endpoint;
  const std::string_view authority = rest.substr(0, rest.find('/'));
  endpoint.loopback =
      is_loopback(authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                             : authority.substr(0, authority.find(':')));
  while (url.ends_with('/')) url.pop_back();
  endpoint.base = url;

  const bool has_v2 = !options.token.empty() || !options.org.empty() || !options.bucket.empty();
  endpoint.api = options.api != Api::automatic ? options.api : has_v2 ? Api::v2 : Api::v1;
  check_header(options.token.reveal(), "token");
  if (!options.token.empty())
    endpoint.authorization = "Authorization: Token " + options.token.reveal();
  if (endpoint.api == Api::v2 && !options.database.empty() && options.bucket.empty())
    throw Fatal("database belongs to api v1; set bucket, or api: v1");
  if (endpoint.api == Api::v1 && options.database.empty())
    throw Fatal("api v1 needs database; for InfluxDB 2 set org, bucket and token");
  endpoint.username = options.username;
  endpoint.password = options.password.reveal();
  endpoint.timeout = options.timeout;
  endpoint.verify_tls = options.verify_tls;
  endpoint.ca_file = options.ca_file;
  return endpoint;
}

}  // namespace weir::influx
