// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "trained_model.hpp"

namespace weir::lstm_model {

/// The whole model as an ONNX graph: from what read_window() gives (inputs `window`, `known`,
/// `future`, as far as the model asks for them) to the forecast in scaled values (output `forecast`
/// [N × horizon × targets]). Throws Error if the network is too large for one file.
[[nodiscard]] std::string to_onnx(const TrainedModel& model);

/// Writes `bytes` beside `path` and puts them in its place: a reader sees the old file or the new
/// one. Throws Error with the reason.
void replace_file(const std::filesystem::path& path, const std::string& bytes);

}  // namespace weir::lstm_model
