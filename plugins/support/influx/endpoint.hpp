// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Which server, and how to say who asks: the options that sink and source have in common.

#include <weir/options.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace weir::influx {

enum class Api : std::uint8_t { automatic, v2, v1 };

[[nodiscard]] constexpr auto enum_names(Api) {
  return std::array{std::pair{std::string_view("auto"), Api::automatic},
                    std::pair{std::string_view("v2"), Api::v2},
                    std::pair{std::string_view("v1"), Api::v1}};
}

struct ServerOptions {
  Url url;
  Api api = Api::automatic;
  std::string org;
  std::string bucket;
  Secret token;
  std::string database;
  std::string retention_policy;
  std::string username;
  Secret password;
  Duration timeout = std::chrono::seconds(10);
  bool verify_tls = true;
  std::string ca_file;

  static constexpr auto fields = std::tuple{
      field(&ServerOptions::url, "url", "Server, for example http://localhost:8086").required(),
      field(&ServerOptions::api, "api",
            "v2: InfluxDB 2 (to write, VictoriaMetrics too); v1: InfluxDB 1.x; auto: v2 where "
            "token, org or bucket is given"),
      field(&ServerOptions::org, "org", "Organisation (v2)"),
      field(&ServerOptions::bucket, "bucket", "Bucket (v2)"),
      field(&ServerOptions::token, "token", "Token that may do it"),
      field(&ServerOptions::database, "database", "Database (v1)"),
      field(&ServerOptions::retention_policy, "retention_policy",
            "Retention policy (v1); default: the database's own"),
      field(&ServerOptions::username, "username", "User (v1)"),
      field(&ServerOptions::password, "password", "Password of the user (v1)"),
      field(&ServerOptions::timeout, "timeout", "Longest time for one request")
          .range(std::chrono::milliseconds(100), std::chrono::minutes(10)),
      field(&ServerOptions::verify_tls, "verify_tls", "Check the server's certificate (https)"),
      field(&ServerOptions::ca_file, "ca_file",
            "Certificates to trust instead of the system's, PEM")};
};

/// The same fields for a struct that has ServerOptions as its base.
template <class Owner>
[[nodiscard]] constexpr auto server_fields() {
  const auto inherited = []<class Value>(const Field<ServerOptions, Value>& base) {
    return Field<Owner, Value>{base.member,      base.name,      base.doc,
                               base.is_required, base.minimum,   base.maximum,
                               base.choices,     base.unit_name, base.deprecated_for};
  };
  return std::apply([&](const auto&... base) { return std::tuple{inherited(base)...}; },
                    ServerOptions::fields);
}

struct Endpoint {
  Api api = Api::v2;          ///< never automatic
  std::string base;           ///< scheme, server and folder; holds no secret
  std::string authorization;  ///< header line; empty: none. Secret
  std::string username;
  std::string password;  ///< secret
  bool loopback = false;
  Duration timeout{};
  bool verify_tls = true;
  std::string ca_file;
};

/// Throws Fatal for options that cannot be meant, saying what to set.
[[nodiscard]] Endpoint endpoint_of(const ServerOptions& options);

/// RFC 3986: everything but the unreserved characters as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// Appends `name=value` to the query of a URL; an empty value is none.
void add_query(std::string& url, std::string_view name, std::string_view value);

}  // namespace weir::influx
