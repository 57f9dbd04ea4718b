// SPDX-License-Identifier: Apache-2.0
#include "core/delivery/status.hpp"

#include <cerrno>
#include <system_error>

namespace weir::core::delivery {

Status Status::of_errno(const std::string& what, int error) {
  std::string message = what + ": " + std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT) return no_room(std::move(message));
  if (error == ENOENT) return {Kind::missing, std::move(message)};
  return failed(std::move(message));
}

}  // namespace weir::core::delivery
