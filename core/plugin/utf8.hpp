// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Well-formed UTF-8 (RFC 3629), fast where text is ASCII, as most tags are.

#include <string_view>

namespace weir::core {

[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace weir::core
