// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Whole numbers of JSON that comes from outside.

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "weir/error.hpp"

namespace weir::core {

/// nlohmann's own get() turns 1e30 into an integer by a cast, which C++ leaves undefined.
/// Throws Error "`what` is no whole number from … to …".
template <class Whole>
[[nodiscard]] Whole whole_number(const nlohmann::json& value, const std::string& what) {
  const bool fits =
      value.is_number_unsigned()
          ? std::in_range<Whole>(value.get<std::uint64_t>())
          : value.is_number_integer() && std::in_range<Whole>(value.get<std::int64_t>());
  if (!fits) {
    throw Error(what + " is no whole number from " +
                std::to_string(std::numeric_limits<Whole>::min()) + " to " +
                std::to_string(std::numeric_limits<Whole>::max()));
  }
  return value.get<Whole>();
}

/// Of a member that must be there (else json::out_of_range); `of` names the whole in errors.
template <class Whole>
[[nodiscard]] Whole whole_member(const nlohmann::json& object, const char* key,
                                 const std::string& of) {
  return whole_number<Whole>(object.at(key), of + " " + key);
}

}  // namespace weir::core
