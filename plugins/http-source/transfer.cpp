// SPDX-License-Identifier: Apache-2.0
#include "transfer.hpp"

#include <cerrno>
#include <ctime>
#include <mutex>
#include <new>

#include <weir/error.hpp>

namespace weir::http_source {
namespace {

using probing::ServiceOutcome;

template <class Value>
Value info(CURL* easy, CURLINFO what) {
  Value value{};
  curl_easy_getinfo(easy, what, &value);
  return value;
}

double ms(curl_off_t microseconds) { return static_cast<double>(microseconds) / 1e3; }

// The first of the chain is the server's own.
std::optional<double> certificate_days(CURL* easy) {
  const auto* chain = info<curl_certinfo*>(easy, CURLINFO_CERTINFO);
  if (chain == nullptr || chain->num_of_certs < 1) return std::nullopt;
  constexpr std::string_view key = "Expire date:";
  for (const curl_slist* line = chain->certinfo[0]; line != nullptr; line = line->next) {
    if (!std::string_view(line->data).starts_with(key)) continue;
    const std::time_t end = curl_getdate(line->data + key.size(), nullptr);
    if (end == -1) return std::nullopt;
    constexpr double a_day = 86'400;
    return std::difftime(end, std::time(nullptr)) / a_day;
  }
  return std::nullopt;
}

ServiceOutcome outcome_of(CURLcode code, int error) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return ServiceOutcome::no_name;
    case CURLE_COULDNT_CONNECT:
      return error == ECONNREFUSED ? ServiceOutcome::refused : ServiceOutcome::unreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return ServiceOutcome::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return ServiceOutcome::tls;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_INTERFACE_FAILED:
      return ServiceOutcome::send_failed;
    default:
      return ServiceOutcome::bad_answer;
  }
}

}  // namespace

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error("libcurl does not start");
  });
}

template <class Value>
void Transfer::set(CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
  if (code != CURLE_OK)
    throw Error(std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
}

void HttpResult::Summary::add(const HttpResult& result) {
  if (!result.address.empty()) address = result.address;
  if (result.status) status = result.status;
  if (result.bytes) bytes = result.bytes;
  lookup_ms.add(result.lookup_ms);
  connect_ms.add(result.connect_ms);
  tls_ms.add(result.tls_ms);
  first_byte_ms.add(result.first_byte_ms);
  if (result.certificate_days) certificate_days = result.certificate_days;
}

Transfer::Transfer(const std::string& url, const HttpConfig& config, probing::ProbeId probe)
    : config_(config), probe_(probe), easy_(curl_easy_init()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "weir http-source");
  set(CURLOPT_ERRORBUFFER, trouble_.data());
  set(CURLOPT_WRITEFUNCTION, &Transfer::take);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  if (config.method == Method::head) set(CURLOPT_NOBODY, 1L);
  const auto limit = std::chrono::ceil<std::chrono::milliseconds>(config.patience).count();
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(limit));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limit));
  // Each probe measures the whole way: its own lookup and connection, no proxy, no redirect.
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // A lookup that hangs is left alone at the timeout, or it would hold up all others.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_IPRESOLVE, config.family == probing::FamilyChoice::any    ? CURL_IPRESOLVE_WHATEVER
                         : config.family == probing::FamilyChoice::ipv4 ? CURL_IPRESOLVE_V4
                                                                        : CURL_IPRESOLVE_V6);
  set_security();
}

void Transfer::set_security() {
  set(CURLOPT_CERTINFO, 1L);
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);  // a resumed handshake is shorter, and shows no certificate
  set(CURLOPT_SSL_VERIFYPEER, config_.verify_tls ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, config_.verify_tls ? 2L : 0L);
  if (!config_.ca_file.empty()) set(CURLOPT_CAINFO, config_.ca_file.c_str());
  if (config_.username.empty()) return;
  set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  set(CURLOPT_USERNAME, config_.username.c_str());
  set(CURLOPT_PASSWORD, config_.password.c_str());
}

// The body is counted, not kept; taking less than is given ends the transfer.
std::size_t Transfer::take(char*, std::size_t size, std::size_t count, void* transfer) {
  Transfer& self = *static_cast<Transfer*>(transfer);
  self.taken_ += static_cast<std::int64_t>(size * count);
  self.enough_ = self.taken_ > self.config_.most_bytes;
  return self.enough_ ? 0 : size * count;
}

void Transfer::judge(HttpResult& result, CURLcode code) const {
  if (code != CURLE_OK && !enough_) {
    const auto error = static_cast<int>(info<long>(handle(), CURLINFO_OS_ERRNO));
    result.outcome = outcome_of(code, error);
    result.error = trouble_.front() != '\0' ? trouble_.data() : curl_easy_strerror(code);
    result.sent = result.outcome != ServiceOutcome::no_name;
    return;
  }
  result.received = true;
  if (config_.expected.holds(static_cast<int>(result.status.value_or(0)))) return;
  result.outcome = ServiceOutcome::status;
  result.error = "status " + std::to_string(result.status.value_or(0)) + " is not expected";
}

// libcurl counts all from the beginning, on the monotonic clock; 0: it did not come so far.
void Transfer::add_times(HttpResult& result) const {
  const auto lookup = info<curl_off_t>(handle(), CURLINFO_NAMELOOKUP_TIME_T);
  const auto connect = info<curl_off_t>(handle(), CURLINFO_CONNECT_TIME_T);
  const auto tls = info<curl_off_t>(handle(), CURLINFO_APPCONNECT_TIME_T);
  const auto first_byte = info<curl_off_t>(handle(), CURLINFO_STARTTRANSFER_TIME_T);
  if (lookup > 0) result.lookup_ms = ms(lookup);
  if (connect > 0) result.connect_ms = ms(connect - lookup);
  if (tls > 0) result.tls_ms = ms(tls - connect);
  if (!result.received) return;
  if (first_byte > 0) result.first_byte_ms = ms(first_byte);
  result.time = std::chrono::microseconds(info<curl_off_t>(handle(), CURLINFO_TOTAL_TIME_T));
}

std::string Transfer::address() const {
  const auto* text = info<char*>(handle(), CURLINFO_PRIMARY_IP);
  return text == nullptr ? "" : text;
}

HttpResult Transfer::result(CURLcode code) const {
  HttpResult result;
  result.probe = probe_;
  if (const auto status = info<long>(handle(), CURLINFO_RESPONSE_CODE); status > 0) {
    result.status = std::int64_t{status};
    result.bytes = taken_;
  }
  result.address = address();
  judge(result, code);
  add_times(result);
  result.certificate_days = certificate_days(handle());
  return result;
}

}  // namespace weir::http_source
