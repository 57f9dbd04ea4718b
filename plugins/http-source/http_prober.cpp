// SPDX-License-Identifier: Apache-2.0
#include "http_prober.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include <weir/error.hpp>

namespace weir::http_source {
namespace {

void check(CURLMcode code) {
  if (code != CURLM_OK) throw Error(std::string("libcurl: ") + curl_multi_strerror(code));
}

}  // namespace

HttpProber::HttpProber(std::vector<Target> targets, HttpConfig config)
    : targets_(std::move(targets)), config_(std::move(config)) {
  start_curl();
  multi_.reset(curl_multi_init());
  if (multi_ == nullptr) throw std::bad_alloc();
}

HttpProber::~HttpProber() {
  for (const auto& [handle, transfer] : under_way_) curl_multi_remove_handle(multi_.get(), handle);
}

void HttpProber::start(probing::ProbeId probe) {
  auto transfer = std::make_unique<Transfer>(targets_[probe.target].url, config_, probe);
  check(curl_multi_add_handle(multi_.get(), transfer->handle()));
  under_way_.emplace(transfer->handle(), std::move(transfer));
}

void HttpProber::work(Nanos limit, std::vector<HttpResult>& ended) {
  int running = 0;
  check(curl_multi_perform(multi_.get(), &running));
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto at = under_way_.find(message->easy_handle);
    // Before it leaves the multi handle, which would reset what is asked for.
    ended.push_back(at->second->result(code));
    check(curl_multi_remove_handle(multi_.get(), at->first));
    under_way_.erase(at);
  }
  if (!ended.empty()) return;
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  constexpr std::int64_t longest_ms = 3'600'000;
  const auto wait_ms = static_cast<int>(std::clamp<std::int64_t>(whole, 0, longest_ms));
  // It ends sooner for libcurl's own timers.
  check(curl_multi_poll(multi_.get(), nullptr, 0, wait_ms, nullptr));
}

void HttpProber::describe(HttpResult& silent) const {
  for (const auto& [handle, transfer] : under_way_) {
    if (transfer->probe() == silent.probe) silent.address = transfer->address();
  }
}

void HttpProber::wake() { curl_multi_wakeup(multi_.get()); }

}  // namespace weir::http_source
