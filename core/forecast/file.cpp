// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/file.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/state/durable_file.hpp"
#include "weir/error.hpp"

namespace weir::core {

std::string read_file(const std::string& path) {
  auto bytes = read_if_there(system_calls(), path, std::uintmax_t{1} << 30U);
  if (!bytes) throw Error(path + ": there is no such file");
  return std::move(*bytes);
}

void write_file_atomically(const std::string& path, std::string_view bytes) {
  write_atomically(system_calls(), path, bytes, 0644);
}

std::string set_file_aside(const std::string& path, Timestamp now) {
  std::string aside = name_aside(path, now);
  if (system_calls().rename(path, aside) != 0)
    throw Error(path + ": cannot be set aside: " + std::generic_category().message(errno));
  return aside;
}

}  // namespace weir::core
