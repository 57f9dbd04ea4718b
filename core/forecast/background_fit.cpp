// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/background_fit.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace weir::core {

BackgroundFit::~BackgroundFit() {
  hurry();
  if (thread_.joinable()) thread_.join();
}

void BackgroundFit::start(Work work) {
  stop_ = false;
  done_ = false;
  failure_ = nullptr;
  thread_ = std::thread([this, work = std::move(work)] {
    // Of this thread alone (Linux); where it is refused, the fit only takes more of the machine.
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
    try {
      result_ = work([this] { return !stop_.load(); });
    } catch (...) {  // thrown again by take()
      failure_ = std::current_exception();
    }
    done_ = true;
  });
}

std::unique_ptr<Forecaster> BackgroundFit::take() {
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  return std::move(result_);
}

}  // namespace weir::core
