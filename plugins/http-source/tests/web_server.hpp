// SPDX-License-Identifier: Apache-2.0
// An HTTP server on loopback that does one thing for each path.
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "testing/loopback.hpp"

namespace weir::http_source::testing {

///   /ok       200, five bytes            /missing  404
///   /big      200, 4 MB                  /silent   the connection stays open, without a word
///   /garbage  what is no HTTP            /closed   closed without a word
///   /moved    302 to /ok
class WebServer {
 public:
  WebServer() : thread_([this] { serve(); }) {}
  ~WebServer() {
    stopping_ = true;
    thread_.join();
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://" + socket_.place() + path;
  }
  /// Heads of the requests so far.
  [[nodiscard]] std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve();
  void answer(probing::FileDescriptor connection);

  probing::testing::LoopbackSocket socket_{SOCK_STREAM, 16};
  std::list<probing::FileDescriptor> silent_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace weir::http_source::testing
