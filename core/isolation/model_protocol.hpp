// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the calls of weir.model/1 and weir.models/1 hold, as bytes; see protocol.hpp.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/isolation/protocol.hpp"
#include "weir/abi.h"

namespace weir::core::isolation {

/// The payload of `fit`.
[[nodiscard]] Bytes encode(const CallRequest& head, const weir_training_set& set);

/// A training set in the bytes that it came in, behind their head. They must outlive it.
class TrainingSetInPlace {
 public:
  /// `bytes` begins at a multiple of 8. Throws Error where they hold no training set.
  explicit TrainingSetInPlace(View bytes);
  [[nodiscard]] const weir_training_set& raw() const { return set_; }

 private:
  weir_training_set set_{};
  std::vector<std::string> names_;
  std::vector<const char*> name_pointers_;
};

/// The payload of `predict`.
[[nodiscard]] Bytes encode(const CallRequest& head, const weir_window& window);
/// What stands behind its head; as TrainingSetInPlace.
[[nodiscard]] weir_window decode_window(View bytes);

/// What predict returns.
[[nodiscard]] std::string forecast_bytes(const std::vector<double>& forecast);
[[nodiscard]] std::vector<double> decode_forecast(std::string_view bytes, std::size_t count);

[[nodiscard]] Bytes encode(const weir_epoch& epoch);
[[nodiscard]] weir_epoch decode_epoch(View bytes);

[[nodiscard]] Bytes encode_go_on(bool go_on);
[[nodiscard]] bool decode_go_on(View bytes);

struct FindModelRequest {
  std::string plugin;
  std::string options;  ///< the text of a JSON object
};
[[nodiscard]] Bytes encode(const FindModelRequest& request);
[[nodiscard]] FindModelRequest decode_find_model(View bytes);

}  // namespace weir::core::isolation
