// SPDX-License-Identifier: Apache-2.0
#include "http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>
#include <weir/error.hpp>

namespace weir::influx {
namespace {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

void add(Headers& headers, const std::string& line) {
  curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  (void)headers.release();
  headers.reset(longer);
}

/// The answer under way, and how much of it is kept.
struct Receiving {
  HttpAnswer answer;
  std::size_t most;
};

/// Takes less than it is given once there is too much: libcurl then gives the transfer up.
std::size_t keep_answer(char* data, std::size_t size, std::size_t count, void* into) {
  auto& [answer, most] = *static_cast<Receiving*>(into);
  const std::size_t kept = std::min(size * count, most - answer.body.size());
  answer.body.append(data, kept);
  answer.cut = kept < size * count;
  return kept;
}

int give_up(void* asked, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& stopping = *static_cast<const std::function<bool()>*>(asked);
  return stopping() ? 1 : 0;
}

void start_curl_once() {
  static std::once_flag started;
  std::call_once(started, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Fatal("libcurl does not start");
  });
}

class CurlClient final : public HttpClient {
 public:
  CurlClient(const Endpoint& endpoint, HttpUse use) : use_(std::move(use)) {
    start_curl_once();
    easy_.reset(curl_easy_init());
    if (easy_ == nullptr) throw std::bad_alloc();
    for (const bool gzipped : {false, true}) {
      Headers& headers = headers_[gzipped ? 1 : 0];
      add(headers, "Content-Type: " + use_.content_type);
      add(headers, "Expect:");  // no round trip before each body
      if (gzipped) add(headers, "Content-Encoding: gzip");
      if (!endpoint.authorization.empty()) add(headers, endpoint.authorization);
    }
    set(CURLOPT_URL, use_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, use_.agent.c_str());
    set(CURLOPT_POST, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(endpoint.timeout.count() / 1'000'000));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(endpoint.timeout.count() / 1'000'000));
    set(CURLOPT_WRITEFUNCTION, keep_answer);
    set(CURLOPT_ERRORBUFFER, trouble_.data());
    set(CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10U);
    if (use_.accept_gzip) set(CURLOPT_ACCEPT_ENCODING, "gzip");
    if (use_.stopping) {
      set(CURLOPT_XFERINFOFUNCTION, give_up);
      set(CURLOPT_XFERINFODATA, static_cast<void*>(&use_.stopping));
      set(CURLOPT_NOPROGRESS, 0L);
    }
    if (endpoint.loopback) set(CURLOPT_PROXY, "");
    if (!endpoint.username.empty()) {
      set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
      set(CURLOPT_USERNAME, endpoint.username.c_str());
      set(CURLOPT_PASSWORD, endpoint.password.c_str());
    }
    set(CURLOPT_SSL_VERIFYPEER, endpoint.verify_tls ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, endpoint.verify_tls ? 2L : 0L);
    if (!endpoint.ca_file.empty()) set(CURLOPT_CAINFO, endpoint.ca_file.c_str());
  }

  HttpAnswer post(std::string_view body, bool gzipped) override {
    Receiving receiving{{}, use_.most_answer};
    HttpAnswer& answer = receiving.answer;
    trouble_.front() = '\0';
    set(CURLOPT_HTTPHEADER, headers_[gzipped ? 1 : 0].get());
    set(CURLOPT_POSTFIELDS, body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_WRITEDATA, static_cast<void*>(&receiving));
    const CURLcode code = curl_easy_perform(easy_.get());
    if (code != CURLE_OK && !answer.cut) {
      answer.body.clear();
      answer.trouble = trouble_.front() != '\0' ? trouble_.data() : curl_easy_strerror(code);
      return std::move(receiving.answer);
    }
    long status = 0;
    curl_off_t after = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &after);
    answer.status = static_cast<int>(status);
    constexpr curl_off_t most_seconds = 3600;
    answer.retry_after = std::chrono::seconds(std::clamp<curl_off_t>(after, 0, most_seconds));
    return std::move(receiving.answer);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK)
      throw Fatal(std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
  }

  HttpUse use_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  std::array<Headers, 2> headers_;  // plain, gzipped
  std::array<char, CURL_ERROR_SIZE> trouble_{};
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(const Endpoint& endpoint, HttpUse use) {
  return std::make_unique<CurlClient>(endpoint, std::move(use));
}

}  // namespace weir::influx
