// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One HTTP request to a test's server.

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace weir::integration {

/// The body of a GET, or of a POST if `form` is given. Throws runtime_error for any status but 200
/// and 204.
[[nodiscard]] inline std::string fetch(const std::string& url, const std::string* form = nullptr) {
  const std::unique_ptr<CURL, void (*)(CURL*)> easy(curl_easy_init(), curl_easy_cleanup);
  std::string body;
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, 30L);
  if (form != nullptr) curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, form->c_str());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(
      easy.get(), CURLOPT_WRITEFUNCTION,
      +[](char* data, std::size_t size, std::size_t count, void* into) {
        static_cast<std::string*>(into)->append(data, size * count);
        return size * count;
      });
  long status = 0;
  const CURLcode code = curl_easy_perform(easy.get());
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (code != CURLE_OK || (status != 200 && status != 204)) {
    throw std::runtime_error(url + ": " + curl_easy_strerror(code) + ", status " +
                             std::to_string(status) + ": " + body);
  }
  return body;
}

/// Percent-encodes a value of a query.
[[nodiscard]] inline std::string encoded(const std::string& text) {
  char* made = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string out = made == nullptr ? "" : made;
  curl_free(made);
  return out;
}

}  // namespace weir::integration
