// SPDX-License-Identifier: Apache-2.0
// The node: options in, rows of measurement `http` out. What it does stands in README.md.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <weir/plugin.hpp>

#include "address.hpp"
#include "http_prober.hpp"
#include "rows.hpp"
#include "service_run.hpp"
#include "transfer.hpp"
#include "urls.hpp"

namespace weir::http_source {

class HttpSource {
 public:
  static constexpr auto name = "http-source";
  static constexpr auto summary =
      "Requests URLs: times of lookup, connection, TLS, first byte and all, status, certificate.";
  static constexpr std::string_view details =
      "Each probe has its own lookup and connection; no proxy, no redirect. A server that refuses, "
      "does not answer, has a bad certificate or answers with another status than expected is a "
      "row whose `outcome` says so.";
  static constexpr bool live = true;
  static constexpr auto outputs =
      std::array{port("out", "One row a URL and interval, measurement `http`")};

  struct Options {
    std::vector<Url> urls;
    Duration interval = std::chrono::seconds(30);
    std::uint32_t count = 1;
    Duration timeout = std::chrono::seconds(10);
    Method method = Method::get;
    std::vector<std::string> expect_status = {"200-399"};
    probing::FamilyChoice family = probing::FamilyChoice::any;
    std::string username;
    Secret password;
    bool verify_tls = true;
    std::string ca_file;
    Bytes max_body{1 << 20};
    static constexpr auto fields = std::tuple{
        field(&Options::urls, "urls", "What to request, http or https, without user and password"),
        field(&Options::interval, "interval", "One row a URL for each of these")
            .range(std::chrono::milliseconds(100), std::chrono::hours(24)),
        field(&Options::count, "count",
              "Requests of each URL in an interval, spread evenly over it")
            .range(1, probing::most_probes_an_interval)
            .unit("probes"),
        field(&Options::timeout, "timeout", "A request that has not ended after this is lost")
            .range(std::chrono::milliseconds(10), std::chrono::minutes(5)),
        field(&Options::method, "method", "GET, or HEAD for the head alone"),
        field(&Options::expect_status, "expect_status",
              "Statuses that count as well: 200, 2xx, 200-399"),
        field(&Options::family, "family", "Internet protocol: any, 4 or 6"),
        field(&Options::username, "username", "For basic authentication; sent to each of the URLs"),
        field(&Options::password, "password", "For basic authentication"),
        field(&Options::verify_tls, "verify_tls", "False: take any certificate"),
        field(&Options::ca_file, "ca_file",
              "PEM file of the authorities to trust, instead of the system's"),
        field(&Options::max_body, "max_body", "More of a body than this is not fetched")
            .range(Bytes{0}, Bytes{1LL << 40})};
  } options;

  void open(Context& context);
  [[nodiscard]] Next produce(Output& output) { return run_.produce(output); }
  void finish(Reason, Output& output) { run_.finish(output); }

 private:
  [[nodiscard]] HttpConfig read_config() const;

  std::vector<Target> targets_;
  probing::ServiceRun<HttpResult, Rows> run_;
};

}  // namespace weir::http_source
