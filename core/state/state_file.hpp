// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The bytes of a state file. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/state/state_store.hpp"
#include "weir/units.hpp"

namespace weir::core {

struct StateFile {
  std::string plugin;  ///< whose state it is
  Timestamp saved;
  SavedState state;
};

[[nodiscard]] std::string encode(const StateFile& file);
/// Throws Error in half a sentence ("is damaged: …") for bytes that are no whole, undamaged file.
[[nodiscard]] StateFile decode_state_file(std::string_view bytes);

}  // namespace weir::core
