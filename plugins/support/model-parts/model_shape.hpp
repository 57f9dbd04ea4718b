// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>
#include <weir/model.hpp>

#include "saved_bytes.hpp"

namespace weir::model_parts {

/// What a window must look like for a model that has learned.
struct ModelShape {
  std::size_t features = 0;
  std::size_t sequence_length = 0;
  std::size_t horizon = 0;
  std::vector<std::uint32_t> targets;  ///< indices of features

  ModelShape() = default;
  /// Throws Error, with the rows that are needed, if the set has no training window.
  explicit ModelShape(const TrainingSet& set);

  /// Throws Error unless the window is of this shape.
  void check(const Window& window) const;
  void put(BytesWriter& to) const;
  [[nodiscard]] static ModelShape take(BytesReader& from);
  bool operator==(const ModelShape&) const = default;
};

}  // namespace weir::model_parts
