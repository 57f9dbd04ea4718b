// SPDX-License-Identifier: Apache-2.0
#include "http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <weir/error.hpp>

namespace weir::influx_sink {
namespace {

constexpr std::size_t most_answer = std::size_t{64} << 10U;

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

std::size_t keep_answer(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  body.append(data, std::min(size * count, most_answer - std::min(body.size(), most_answer)));
  return size * count;
}

void start_curl_once() {
  static std::once_flag started;
  std::call_once(started, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Fatal("libcurl does not start");
  });
}

class CurlClient final : public HttpClient {
 public:
  CurlClient(const Endpoint& endpoint, const Options& options) {
    start_curl_once();
    easy_.reset(curl_easy_init());
    if (easy_ == nullptr) throw std::bad_alloc();
    for (const bool gzipped : {false, true}) {
      Headers& headers = headers_[gzipped ? 1 : 0];
      add(headers, "Content-Type: text/plain; charset=utf-8");
      add(headers, "Expect:");  // no round trip before each body
      if (gzipped) add(headers, "Content-Encoding: gzip");
      if (!endpoint.authorization.empty()) add(headers, endpoint.authorization);
    }
    set(CURLOPT_URL, endpoint.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "weir-influx-sink/1");
    set(CURLOPT_POST, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count() / 1'000'000));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.timeout.count() / 1'000'000));
    set(CURLOPT_WRITEFUNCTION, keep_answer);
    set(CURLOPT_ERRORBUFFER, trouble_.data());
    set(CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10U);
    if (endpoint.loopback) set(CURLOPT_PROXY, "");
    if (!endpoint.username.empty()) {
      set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
      set(CURLOPT_USERNAME, endpoint.username.c_str());
      set(CURLOPT_PASSWORD, endpoint.password.c_str());
    }
    set(CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L);
    if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  }

  HttpAnswer post(std::string_view body, bool gzipped) override {
    HttpAnswer answer;
    trouble_.front() = '\0';
    set(CURLOPT_HTTPHEADER, headers_[gzipped ? 1 : 0].get());
    set(CURLOPT_POSTFIELDS, body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_WRITEDATA, static_cast<void*>(&answer.body));
    const CURLcode code = curl_easy_perform(easy_.get());
    if (code != CURLE_OK) {
      answer.trouble = trouble_.front() != '\0' ? trouble_.data() : curl_easy_strerror(code);
      return answer;
    }
    long status = 0;
    curl_off_t after = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &after);
    answer.status = static_cast<int>(status);
    constexpr curl_off_t most_seconds = 3600;
    answer.retry_after = std::chrono::seconds(std::clamp<curl_off_t>(after, 0, most_seconds));
    return answer;
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK)
      throw Fatal(std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
  }

  std::unique_ptr<CURL, FreeEasy> easy_;
  std::array<Headers, 2> headers_;  // plain, gzipped
  std::array<char, CURL_ERROR_SIZE> trouble_{};
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(const Endpoint& endpoint, const Options& options) {
  return std::make_unique<CurlClient>(endpoint, options);
}

}  // namespace weir::influx_sink
