// SPDX-License-Identifier: Apache-2.0
// One request by libcurl: how it is set up, and what is read from it when it has ended.
#pragma once

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "address.hpp"
#include "expected_status.hpp"
#include "service.hpp"

namespace weir::http_source {

using probing::Nanos;

enum class Method : std::uint8_t { get, head };
[[nodiscard]] constexpr auto enum_names(Method) {
  using Name = std::pair<std::string_view, Method>;
  return std::array{Name{"GET", Method::get}, Name{"HEAD", Method::head}};
}

struct HttpResult : probing::ServiceResult {
  std::string address;  ///< that was connected to; empty: none
  std::optional<std::int64_t> status;
  std::optional<std::int64_t> bytes;  ///< of the body, as they came
  std::optional<double> lookup_ms, connect_ms, tls_ms, first_byte_ms;
  std::optional<double> certificate_days;  ///< until the server's own certificate ends

  /// Means, and the last of what has none.
  struct Summary {
    std::string address;
    std::optional<std::int64_t> status, bytes;
    probing::MeanOf lookup_ms, connect_ms, tls_ms, first_byte_ms;
    std::optional<double> certificate_days;
    void add(const HttpResult& result);
  };
};

struct HttpConfig {
  Nanos patience = std::chrono::seconds(10);  ///< for how long the end of a request is waited for
  Method method = Method::get;
  ExpectedStatus expected{{"200-399"}};
  probing::FamilyChoice family = probing::FamilyChoice::any;
  std::string ca_file;  ///< empty: the system's
  bool verify_tls = true;
  std::string username, password;  ///< for basic authentication; empty: none
  std::int64_t most_bytes = 1 << 20;
};

/// Starts libcurl, once in the process. Throws Error where it cannot. [any thread]
void start_curl();

class Transfer {
 public:
  /// Throws Error where libcurl refuses an option.
  Transfer(const std::string& url, const HttpConfig& config, probing::ProbeId probe);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] CURL* handle() const { return easy_.get(); }
  [[nodiscard]] probing::ProbeId probe() const { return probe_; }
  /// That it is connected to; empty: none so far.
  [[nodiscard]] std::string address() const;
  /// After its end, with what libcurl says of it.
  [[nodiscard]] HttpResult result(CURLcode code) const;

 private:
  struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  template <class Value>
  void set(CURLoption option, Value value);
  void set_security();
  static std::size_t take(char* data, std::size_t size, std::size_t count, void* transfer);
  void judge(HttpResult& result, CURLcode code) const;
  void add_times(HttpResult& result) const;

  const HttpConfig& config_;
  probing::ProbeId probe_;
  std::array<char, CURL_ERROR_SIZE> trouble_{};
  std::int64_t taken_ = 0;
  bool enough_ = false;
  std::unique_ptr<CURL, FreeEasy> easy_;  // the last: it uses what stands above
};

}  // namespace weir::http_source
