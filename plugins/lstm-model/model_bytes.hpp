// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "trained_model.hpp"

namespace weir::lstm_model {

/// Little-endian: "WEIRLSTM", version (u32), plan, members (each: way, units, shape, weights as
/// float32), CRC-32 of all before (u32). The order is that of the code.
[[nodiscard]] std::string to_bytes(const TrainedModel& model);

/// The opposite. Throws Error, in one sentence, if the bytes are no such model, of another version,
/// truncated, damaged, or describe a network that cannot be. Every size is checked before memory is
/// taken for it.
[[nodiscard]] TrainedModel from_bytes(std::string_view bytes);

}  // namespace weir::lstm_model
