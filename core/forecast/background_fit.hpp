// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Learning beside a model that serves: a thread of low priority, one fit at a time.

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <thread>

#include "core/forecast/forecaster.hpp"

namespace weir::core {

class BackgroundFit {
 public:
  /// Learns; `go_on` is false once the learning is to end.
  using Work = std::function<std::unique_ptr<Forecaster>(const std::function<bool()>& go_on)>;

  BackgroundFit() = default;
  BackgroundFit(const BackgroundFit&) = delete;
  BackgroundFit& operator=(const BackgroundFit&) = delete;
  /// Ends the learning and waits for that.
  ~BackgroundFit();

  /// Nothing may be under way.
  void start(Work work);
  /// A fit was started and its result was not taken.
  [[nodiscard]] bool under_way() const { return thread_.joinable(); }
  /// take() would not wait.
  [[nodiscard]] bool ready() const { return done_.load(); }
  /// Asks the fit to end soon with the best so far.
  void hurry() { stop_ = true; }
  /// Waits for the result; throws what the work threw.
  [[nodiscard]] std::unique_ptr<Forecaster> take();

 private:
  std::thread thread_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> done_{false};
  std::unique_ptr<Forecaster> result_;
  std::exception_ptr failure_;
};

}  // namespace weir::core
