// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Where rows are sent, worked out from the options.

#include <weir/options.hpp>

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace weir::influx_sink {

enum class Api : std::uint8_t { automatic, v2, v1 };

[[nodiscard]] constexpr auto enum_names(Api) {
  return std::array{std::pair{std::string_view("auto"), Api::automatic},
                    std::pair{std::string_view("v2"), Api::v2},
                    std::pair{std::string_view("v1"), Api::v1}};
}

struct Options {
  Url url;
  Api api = Api::automatic;
  std::string org;
  std::string bucket;
  Secret token;
  std::string database;
  std::string retention_policy;
  std::string username;
  Secret password;
  bool gzip = true;
  Bytes max_body{1 << 20};
  Duration timeout = std::chrono::seconds(10);
  bool verify_tls = true;
  std::string ca_file;

  static constexpr auto fields = std::tuple{
      field(&Options::url, "url", "Server, for example http://localhost:8086").required(),
      field(&Options::api, "api",
            "v2: /api/v2/write (InfluxDB 2, VictoriaMetrics); v1: /write (InfluxDB 1.x); auto: v2 "
            "where token, org or bucket is given"),
      field(&Options::org, "org", "Organisation (v2)"),
      field(&Options::bucket, "bucket", "Bucket (v2)"),
      field(&Options::token, "token", "Token that may write"),
      field(&Options::database, "database", "Database (v1)"),
      field(&Options::retention_policy, "retention_policy",
            "Retention policy (v1); default: the database's own"),
      field(&Options::username, "username", "User (v1)"),
      field(&Options::password, "password", "Password of the user (v1)"),
      field(&Options::gzip, "gzip", "Compress what is sent"),
      field(&Options::max_body, "max_body", "Most bytes of a request before compression")
          .range(Bytes{1024}, Bytes{64 << 20}),
      field(&Options::timeout, "timeout", "Longest time for one request")
          .range(std::chrono::milliseconds(100), std::chrono::minutes(10)),
      field(&Options::verify_tls, "verify_tls", "Check the server's certificate (https)"),
      field(&Options::ca_file, "ca_file", "Certificates to trust instead of the system's, PEM")};
};

/// The address of the write call, and how to say who asks.
struct Endpoint {
  Api api = Api::v2;
  std::string url;            ///< with path and query; holds no secret
  std::string shown;          ///< for messages: without the query
  std::string authorization;  ///< header line; empty: none. Secret
  std::string username;
  std::string password;  ///< secret
  bool loopback = false;
};

/// Throws Fatal for options that cannot be meant, saying what to set.
[[nodiscard]] Endpoint endpoint_of(const Options& options);

}  // namespace weir::influx_sink
