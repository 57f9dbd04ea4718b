// SPDX-License-Identifier: Apache-2.0
// Any number of requests at once by curl_multi, none of them blocking.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "service_thread.hpp"
#include "transfer.hpp"
#include "urls.hpp"

namespace weir::http_source {

class HttpProber final : public probing::ServiceProber<HttpResult> {
 public:
  /// Throws Error where libcurl cannot start.
  HttpProber(std::vector<Target> targets, HttpConfig config);
  /// Gives up what is under way.
  ~HttpProber() override;

  void start(probing::ProbeId probe) override;
  void work(Nanos limit, std::vector<HttpResult>& ended) override;
  void describe(HttpResult& silent) const override;
  void wake() override;

 private:
  struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  const std::vector<Target> targets_;
  const HttpConfig config_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> under_way_;
};

}  // namespace weir::http_source
