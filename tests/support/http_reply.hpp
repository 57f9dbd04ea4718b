// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One GET, whatever its status.

#include <curl/curl.h>

#include <memory>
#include <string>

namespace weir::test {

struct Reply {
  long status = 0;  ///< 0: no answer came
  std::string head;
  std::string body;
};

/// `header`: one more, "Name: value".
[[nodiscard]] inline Reply get(const std::string& url, const std::string& header = "") {
  const std::unique_ptr<CURL, void (*)(CURL*)> easy(curl_easy_init(), curl_easy_cleanup);
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
      header.empty() ? nullptr : curl_slist_append(nullptr, header.c_str()), curl_slist_free_all);
  Reply reply;
  const auto append = +[](char* data, std::size_t size, std::size_t count, void* into) {
    static_cast<std::string*>(into)->append(data, size * count);
    return size * count;
  };
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &reply.head);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, append);
  if (curl_easy_perform(easy.get()) != CURLE_OK) return {};
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  return reply;
}

}  // namespace weir::test
