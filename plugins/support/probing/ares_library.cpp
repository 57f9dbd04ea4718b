// SPDX-License-Identifier: Apache-2.0
#include "ares_library.hpp"

#include <ares.h>

#include <mutex>
#include <string>

#include <weir/error.hpp>

namespace weir::probing {

void start_ares_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (const int status = ::ares_library_init(ARES_LIB_INIT_ALL); status != ARES_SUCCESS)
      throw Error(std::string("c-ares cannot start: ") + ::ares_strerror(status));
  });
}

}  // namespace weir::probing
