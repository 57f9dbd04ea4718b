// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Whole files, read and replaced.

#include <string>
#include <string_view>

#include "weir/units.hpp"

namespace weir::core {

/// Throws Error naming the file and the system's reason; files over 1 GiB are refused.
[[nodiscard]] std::string read_file(const std::string& path);

/// A reader sees the old bytes or the new, also after a power cut: temporary in the same folder,
/// fsync, rename, fsync of the folder. Makes missing folders. Throws Error.
void write_file_atomically(const std::string& path, std::string_view bytes);

/// Gives a damaged file another name and returns that. Throws Error.
std::string set_file_aside(const std::string& path, Timestamp now);

}  // namespace weir::core
