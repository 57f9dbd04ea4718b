// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "saved_bytes.hpp"

namespace weir::boosted_trees_model {

/// A node of a decision tree. Children stand behind their parent, so that every way down ends.
struct TreeNode {
  std::int32_t input = -1;    ///< that is compared; -1: a leaf
  float number = 0;           ///< threshold; of a leaf its value
  std::uint32_t left = 0;     ///< where the input is below the threshold: index of a node
  std::uint32_t right = 0;    ///< where it is not
  bool missing_left = false;  ///< where it is NaN
};

/// A sum of trees, walked by ourselves: a forecast takes microseconds, needs no call into the
/// library that grew them, and bytes from anywhere can be checked before they are believed.
class Trees {
 public:
  float base = 0;
  std::vector<TreeNode> nodes;       // of all trees
  std::vector<std::uint32_t> roots;  // index of each tree's first node

  [[nodiscard]] float at(const float* inputs) const {
    float sum = base;
    for (const std::uint32_t root : roots) {
      const TreeNode* node = &nodes[root];
      while (node->input >= 0) {
        const float value = inputs[node->input];
        const bool left = std::isnan(value) ? node->missing_left : value < node->number;
        node = &nodes[left ? node->left : node->right];
      }
      sum += node->number;
    }
    return sum;
  }

  void put(model_parts::BytesWriter& to) const;
  /// Of trees that look at `width` inputs.
  [[nodiscard]] static Trees take(model_parts::BytesReader& from, std::size_t width);
};

}  // namespace weir::boosted_trees_model
