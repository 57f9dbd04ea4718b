// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a server says in the body of a refusal. Pure.

#include <string>
#include <string_view>

namespace weir::influx {

/// "error" or "message" of a JSON object, else the text itself.
[[nodiscard]] std::string full_message(std::string_view body);

/// The same as one line of at most 400 bytes.
[[nodiscard]] std::string message_of(std::string_view body);

}  // namespace weir::influx
